package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.deploy.Fleet.Service;
import io.renderfleet.deploy.PoolsTests.Planned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.kafka.KafkaProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The bridge to Kafka is deployed if the environment file has one, and gets what its cluster requires. */
class BridgeStackTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:kafka-AbCdEf";
    private static final Map<String, String> WITH_SASL = Map.of(
            "SecurityProtocol", "SASL_SSL", "SaslMechanism", "SCRAM-SHA-512", "JaasSecret", SECRET, "User", "team-1");

    @TempDir
    Path folder;

    private ObjectNode environment;

    @BeforeEach
    void readTheExampleOfTheDocument() throws IOException {
        String document = Files.readString(Template.root().resolve("docs/inference.md"));
        int start = document.indexOf("```json\n", document.indexOf("## Kafka")) + "```json\n".length();
        environment =
                (ObjectNode) JSON.readTree(Files.readString(Template.root().resolve("deploy/environments/prod.json")));
        environment.setAll(
                (ObjectNode) JSON.readTree("{" + document.substring(start, document.indexOf("```", start)) + "}"));
        ObjectNode pools = (ObjectNode) environment.required("pools");
        pools.set("inference", pools.required("render"));
        ((ObjectNode) environment.required("inference")).set("pools", JSON.readTree("""
                        {"qwen": {"domains": {"a": {"concurrency": 10}}, "keys": [{"secret": "%s"}]}}""".formatted(SECRET)));
    }

    private Path written() throws IOException {
        return Files.writeString(folder.resolve("prod.json"), environment.toString());
    }

    @Test
    void itIsOneStackInTheHomeRegionAfterTheApi() throws Exception {
        List<Planned> plan = PoolsTests.planned(written());

        assertThat(plan.stream().filter(stack -> stack.template().equals("bridge-service")))
                .singleElement()
                .satisfies(stack -> {
                    assertThat(stack.region()).isEqualTo("us-east-1");
                    assertThat(stack.parameters()).containsEntry("BrokerPort", "9096");
                    assertThat(stack.environment())
                            .containsEntry("RENDERFLEET_KAFKA_API", "https://api.example.com")
                            .containsEntry(
                                    "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG",
                                    stack.parameters().get("JaasSecret"));
                });
        assertThat(plan).extracting(Planned::template).containsSubsequence("api-service", "bridge-service");
    }

    @Test
    void withoutOneInTheFileThereIsNone() throws Exception {
        Path file = Template.root().resolve("deploy/environments/prod.json");
        assertThat(PoolsTests.planned(file)).extracting(Planned::template).doesNotContain("bridge-service");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(KafkaProperties.class)
    static class OnlyKafka {}

    @Test
    void theClientsOfKafkaGetTheProtocolTheMechanismAndTheSecret() {
        Map<String, String> variables = Service.environment(Fleet.template("bridge-service", Fleet.HOME, WITH_SASL));
        assertThat(variables).containsEntry("RENDERFLEET_KAFKA_USER", "team-1");

        new ApplicationContextRunner()
                .withUserConfiguration(OnlyKafka.class)
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource("task-systemEnvironment", Map.copyOf(variables))))
                .run(context -> {
                    KafkaProperties kafka = context.getBean(KafkaProperties.class);
                    for (Map<String, Object> client : List.of(
                            kafka.buildConsumerProperties(null),
                            kafka.buildProducerProperties(null),
                            kafka.buildAdminProperties(null))) {
                        assertThat(client)
                                .containsEntry("security.protocol", "SASL_SSL")
                                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                                .containsEntry("sasl.jaas.config", SECRET);
                    }
                });
    }

    @Test
    void onlyEcsReadsTheSecrets() {
        assertThat(Fleet.template("bridge-service", Fleet.HOME, Map.of())
                        .resource("ExecutionRole")
                        .text("Policies"))
                .contains(":secret:bridge-")
                .doesNotContain(SECRET);

        assertThat(Fleet.template("bridge-service", Fleet.HOME, WITH_SASL)
                        .resource("ExecutionRole")
                        .text("Policies"))
                .contains("secretsmanager:GetSecretValue", SECRET, ":secret:bridge-");
        assertThat(RightsTests.rights(Fleet.template("bridge-service", Fleet.HOME, WITH_SASL)))
                .noneMatch(right -> right.action().startsWith("secretsmanager:"));
    }

    @Test
    void itReachesThePortOfTheBrokersOnceAndHttps() {
        assertThat(Service.BRIDGE.template().resource("BrokersOut").at("FromPort"))
                .isEqualTo("9096");
        assertThat(Fleet.template("bridge-service", Fleet.HOME, Map.of("BrokerPort", "443"))
                        .resources())
                .as("EC2 refuses the same rule twice")
                .doesNotContainKey("BrokersOut");
    }

    @Test
    void everyMistakeIsNamed() throws Exception {
        assertRefused(
                file -> ((ObjectNode) file.at("/inference")).putArray("sinks").add("live"),
                "inference.sinks: must have kafka for the bridge");
        assertRefused(file -> file.putObject("bridge"), "inference.sinks: has kafka, but there is no bridge");
        assertRefused(
                file -> bridge(file).put("bootstrapServers", "a:1,b:2"),
                "bridge.bootstrapServers: must have the same port");
        assertRefused(
                file -> bridge(file).put("bootstrapServers", "a"), "bridge.bootstrapServers: must be brokers such as");
        assertRefused(file -> bridge(file).put("jaasSecret", ""), "bridge.jaasSecret: must have a value with");
        assertRefused(
                file -> bridge(file).put("securityProtocol", "SSL"), "bridge.saslMechanism: must have a value with");
        assertRefused(file -> bridge(file).put("memory", 1000), "bridge.memory: with 256 CPU units Fargate gives");
        assertRefused(file -> bridge(file).remove("user"), "bridge.user: is missing");
        assertRefused(file -> bridge(file).put("clientSecret", ""), "bridge.clientSecret: must be the ARN of a secret");
        assertRefused(file -> file.put("apiUrl", ""), "apiUrl: must be the address of the API, which the bridge calls");
    }

    private static ObjectNode bridge(ObjectNode file) {
        return (ObjectNode) file.required("bridge");
    }

    private void assertRefused(Consumer<ObjectNode> change, String line) throws IOException, InterruptedException {
        readTheExampleOfTheDocument();
        change.accept(environment);
        EnvironmentFilesTests.Outcome outcome =
                EnvironmentFilesTests.run("check", written().toString());

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text()).contains("prod.json: " + line).doesNotContain("Traceback");
    }
}
