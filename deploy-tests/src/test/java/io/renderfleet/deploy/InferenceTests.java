package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.deploy.PoolsTests.Planned;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.settings.EffectiveSetting;
import io.renderfleet.settings.EffectiveSettings;
import io.renderfleet.settings.SettingsCheck;
import io.renderfleet.settings.UnknownSettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The settings of inference jobs come from the environment file to the services, as docs/inference.md describes it. */
class InferenceTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VARIABLE = "SPRING_APPLICATION_JSON";

    @TempDir
    Path folder;

    private ObjectNode environment;

    @BeforeEach
    void readTheExampleOfTheDocument() throws IOException {
        String document = Files.readString(Template.root().resolve("docs/inference.md"));
        int start = document.indexOf("```json\n", document.indexOf("## On AWS")) + "```json\n".length();
        JsonNode example = JSON.readTree("{" + document.substring(start, document.indexOf("```", start)) + "}");
        environment =
                (ObjectNode) JSON.readTree(Files.readString(Template.root().resolve("deploy/environments/prod.json")));
        ((ObjectNode) environment.required("pools")).setAll((ObjectNode) example.required("pools"));
        environment.set("inference", example.required("inference"));
    }

    private ObjectNode settings() {
        return (ObjectNode) environment.required("inference");
    }

    private List<Planned> plan() throws IOException, InterruptedException {
        return PoolsTests.planned(written());
    }

    private Path written() throws IOException {
        return Files.writeString(folder.resolve("prod.json"), environment.toString());
    }

    private static String given(Planned stack) {
        return stack.environment().getOrDefault(VARIABLE, "");
    }

    @Test
    void theApiAndTheWorkersOfThePoolGetTheSettingsAndNoOtherServiceDoes() throws Exception {
        JsonNode expected = JSON.createObjectNode()
                .set("renderfleet", JSON.createObjectNode().set("inference", settings()));
        List<Planned> services = plan().stream()
                .filter(stack -> stack.template().endsWith("-service"))
                .toList();

        assertThat(services)
                .extracting(stack -> stack.template() + " " + stack.pool())
                .contains("worker-service render", "worker-service inference", "api-service ", "distributor-service ");
        for (Planned stack : services) {
            boolean gets =
                    stack.template().equals("api-service") || stack.pool().equals("inference");
            assertThat(given(stack).isEmpty()).as(stack.name()).isEqualTo(!gets);
            if (gets) {
                assertThat(JSON.readTree(given(stack))).as(stack.name()).isEqualTo(expected);
            }
        }
    }

    @Test
    void longSettingsAreSplitOverParametersAndComplete() throws Exception {
        String prompt = "Wie gefährlich ist das? \"{group}\" \\ ".repeat(300);
        ((ObjectNode) settings().required("templates").required("risk")).put("prompt", prompt);

        Planned api = plan().stream()
                .filter(stack -> stack.template().equals("api-service"))
                .findFirst()
                .orElseThrow();

        assertThat(api.parameters().values())
                .allSatisfy(value ->
                        assertThat(value.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(4096));
        assertThat(JSON.readTree(given(api))
                        .at("/renderfleet/inference/templates/risk/prompt")
                        .asText())
                .isEqualTo(prompt);
    }

    @Test
    void aServiceBindsThemAndShowsThem() throws Exception {
        ((ObjectNode) settings().required("pools").required("qwen").required("models")).put("[qwen/vl]", "qwen3-vl");
        ((ObjectNode) settings().required("pools").required("qwen"))
                .putObject("headers")
                .put("X-Project", "hush");
        Planned worker = plan().stream()
                .filter(stack ->
                        stack.pool().equals("inference") && stack.template().equals("worker-service"))
                .findFirst()
                .orElseThrow();

        try (ConfigurableApplicationContext context = started(given(worker))) {
            InferenceSettings bound = context.getBean(InferenceSettings.class);
            assertThat(bound.models()).containsExactlyInAnyOrder("assessment", "qwen/vl");
            assertThat(bound.templates()).containsOnlyKeys("risk");
            var shown = new EffectiveSettings(context.getEnvironment());
            assertThat(shown.list())
                    .filteredOn(setting -> setting.name().equals("renderfleet.inference.pools.qwen.kind"))
                    .singleElement()
                    .extracting(EffectiveSetting::value, EffectiveSetting::origin)
                    .containsExactly("dashscope", "environment variable " + VARIABLE);
            assertThat(shown.toString()).doesNotContain("hush");
        }
    }

    @Test
    void aServiceRefusesAMisspeltOne() {
        assertThatExceptionOfType(UnknownSettingsException.class)
                .isThrownBy(() -> started("{\"renderfleet\":{\"inference\":{\"cals\":5}}}"))
                .withMessage("renderfleet.inference.cals is no setting; did you mean renderfleet.inference.calls?");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(InferenceSettings.class)
    static class OnlySettings {}

    private static ConfigurableApplicationContext started(String json) {
        var variables = new StandardEnvironment();
        variables
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(VARIABLE, json)));
        return new SpringApplicationBuilder(OnlySettings.class)
                .environment(variables)
                .initializers(new SettingsCheck())
                .web(WebApplicationType.NONE)
                .run();
    }

    @Test
    void theWorkersOfThePoolMayReadTheSecretsOfTheSettingsAndNoOthers() throws Exception {
        List<String> secrets =
                settings().required("pools").required("qwen").required("keys").findValuesAsText("secret");
        assertThat(secrets).hasSize(2);

        for (Planned stack : plan()) {
            if (stack.template().equals("worker-service")) {
                assertThat(RightsTests.rights(stack.read()).stream()
                                .filter(right -> right.action().startsWith("secretsmanager:"))
                                .map(RightsTests.Right::resource))
                        .as(stack.name())
                        .containsExactlyInAnyOrderElementsOf(stack.pool().equals("inference") ? secrets : List.of());
            }
        }
    }

    @Test
    void keysOfARegionAreForTheWorkersThere() throws Exception {
        ((ObjectNode) settings().required("pools").required("qwen"))
                .putArray("regions")
                .add("us-west-2");

        assertThat(plan())
                .filteredOn(stack -> stack.template().equals("worker-service")
                        && stack.pool().equals("inference"))
                .hasSize(3)
                .allSatisfy(stack -> assertThat(stack.parameters().get("InferenceSecrets"))
                        .as(stack.region())
                        .matches(stack.region().equals("us-west-2") ? "arn:.*,arn:.*" : ""));
    }

    /** The example allows 30 calls at a time over all workers. */
    @ParameterizedTest
    @CsvSource({"50, 32, 10, 0, 1", "10, 32, 10, 0, 3", "50, 4, 10, 0, 8", "50, 4, 5, 0, 5", "50, 32, 10, 2, 2"})
    void thereAreNoMoreWorkersThanTheLimitsOfTheKeysFill(int calls, int slots, int most, int least, String expected)
            throws Exception {
        settings().put("calls", calls);
        ((ObjectNode) environment.required("pools").required("inference"))
                .put("slots", slots)
                .put("backlogPerTask", slots)
                .put("maxTasks", most)
                .put("minTasks", least);

        assertThat(plan())
                .filteredOn(stack -> stack.template().equals("worker-service")
                        && stack.pool().equals("inference"))
                .isNotEmpty()
                .allSatisfy(stack -> assertThat(stack.parameters()).containsEntry("MaxTasks", expected));
    }

    @Test
    void everyMistakeIsNamed() throws Exception {
        assertRefused(file -> ((ObjectNode) file.required("pools")).remove("inference"), "pools.inference: is missing");
        assertRefused(
                file -> ((ObjectNode) file.at("/inference/pools/qwen/keys/0")).put("secret", "env:KEY"),
                "inference.pools.qwen.keys[0].secret: must be the ARN of a secret in Secrets Manager");
        assertRefused(
                file -> ((ObjectNode) file.at("/inference/pools/qwen/domains/account-a")).remove("concurrency"),
                "inference.pools.qwen.domains.account-a.concurrency: must be a whole number from 1 to 10000");
        assertRefused(file -> ((ObjectNode) file.at("/inference")).remove("pools"), "inference.pools: must be");
        assertRefused(
                file -> ((ObjectNode) file.at("/inference")).putObject("cache").put("redis", "redis://:hush@host"),
                "inference.cache.redis: cannot be used on AWS");
        assertRefused(
                file -> ((ObjectNode) file.at("/inference/pools/qwen"))
                        .putArray("regions")
                        .add("eu-west-1"),
                "inference.pools.qwen.regions: must be a list of regions of this environment");
        assertRefused(
                file -> ((ObjectNode) file.at("/inference/templates/risk")).put("prompt", "long ".repeat(4000)),
                "inference: has more than 16384 characters as JSON");
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
