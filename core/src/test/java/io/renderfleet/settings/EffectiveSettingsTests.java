package io.renderfleet.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.start.ServiceStart;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class EffectiveSettingsTests {
    private final StandardEnvironment environment = new StandardEnvironment();

    private EffectiveSetting setting(String name) {
        return new EffectiveSettings(environment)
                .list().stream()
                        .filter(it -> it.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    private void variables(Map<String, Object> variables) {
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    }

    @Test
    void showsADefault() {
        assertThat(setting("renderfleet.jobs.retention"))
                .satisfies(it -> assertThat(it.value()).isEqualTo("30d"))
                .satisfies(it -> assertThat(it.origin()).isEqualTo("default"))
                .satisfies(it -> assertThat(it.description()).isNotBlank());
    }

    @Test
    void showsTheValueOfTheStrongestSource() {
        environment.getPropertySources().addLast(new MapPropertySource("file", Map.of("renderfleet.env", "file")));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("commandLineArgs", Map.of("renderfleet.env", "argument")));
        assertThat(setting("renderfleet.env").value()).isEqualTo("argument");
        assertThat(setting("renderfleet.env").origin()).isEqualTo("command line");
    }

    @Test
    void showsListsHoweverTheyAreGiven() {
        environment
                .getPropertySources()
                .addLast(new OriginTrackedMapPropertySource(
                        "file", Map.of("renderfleet.regions[0]", "us-east-1", "renderfleet.regions[1]", "us-west-2")));
        variables(Map.of("RENDERFLEET_POOLS", "render=cpu,chat=io"));
        assertThat(setting("renderfleet.regions").value()).isEqualTo("us-east-1,us-west-2");
        assertThat(setting("renderfleet.pools").value()).isEqualTo("render=cpu,chat=io");
    }

    @Test
    void masksSecrets() {
        variables(Map.of(
                "SPRING_CLOUD_AWS_CREDENTIALS_SECRETKEY", "hush",
                "RENDERFLEET_ENDPOINTS_SQS", "us-east-1=http://user:hush@localhost:1"));
        assertThat(setting("SPRING_CLOUD_AWS_CREDENTIALS_SECRETKEY").value()).isEqualTo("******");
        assertThat(setting("renderfleet.endpoints.sqs").value()).isEqualTo("us-east-1=http://******@localhost:1");
        assertThat(new EffectiveSettings(environment).toString()).doesNotContain("hush");
    }

    @Test
    void showsEachSettingOfADocumentAndNotTheDocument() {
        variables(Map.of("SPRING_APPLICATION_JSON", "{\"management\": {\"password\": \"hush\"}}"));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("spring.application.json", Map.of("management.password", "hush")));
        assertThat(setting("management.password").value()).isEqualTo("******");
        assertThat(new EffectiveSettings(environment).toString()).doesNotContain("hush", "SPRING_APPLICATION_JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "renderfleet.api.cursor-secret",
                "renderfleet.api.operator-token",
                "spring.cloud.aws.credentials.access-key",
                "management.otlp.tracing.headers.authorization",
                "RENDERFLEET_INFERENCE_APIKEYS",
                "server.ssl.key-store-password",
                "a.service.api-tokens"
            })
    void knowsSecretsByTheirNames(String name) {
        assertThat(Secrets.isSecret(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "renderfleet.worker.slots",
                "renderfleet.jobs.retention",
                "server.ssl.key-alias",
                "renderfleet.inference.templates.risk.max-tokens",
                "RENDERFLEET_INFERENCE_TEMPLATES_RISK_MAXTOKENS"
            })
    void doesNotMaskOtherSettings(String name) {
        assertThat(Secrets.isSecret(name)).isFalse();
    }

    @Test
    void printsALineForEachAndStartsNothing() {
        var out = new ByteArrayOutputStream();
        ServiceStart.printSettings(
                new SpringApplication(NotCreated.class),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                "--renderfleet.env=there");
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines)
                .anySatisfy(line ->
                        assertThat(line.split("\\s{2,}")).containsExactly("renderfleet.env", "there", "command line"))
                .isSorted();
    }

    static class NotCreated {
        NotCreated() {
            throw new AssertionError("The settings are printed before anything is created.");
        }
    }
}
