package io.renderfleet.jobtype.inference.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.DomainLimits;
import io.renderfleet.jobtype.inference.keys.Secret;
import io.renderfleet.jobtype.inference.keys.Strategy;
import io.renderfleet.jobtype.inference.model.Provider;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ByteArrayResource;

/** The settings as Spring Boot binds them from a YAML file. */
class InferenceSettingsTests {
    private static final String YAML = """
            renderfleet.inference:
              pools:
                qwen:
                  strategy: weighted
                  base-url: https://dashscope-intl.aliyuncs.com/compatible-mode/v1
                  kind: dashscope
                  timeout: 30s
                  models:
                    assessment: qwen-vl-max
                    "[qwen/small-1.5]": qwen-vl-plus
                  domains:
                    account-a: {rpm: 600, tpm: 1000000, concurrency: 20}
                    account-b: {concurrency: 5}
                  keys:
                    - {id: a-1, domain: account-a, secret: "env:QWEN_A1"}
                    - {id: b-1, domain: account-b, weight: 3, secret: "file:/run/secrets/b1"}
            """;

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withUserConfiguration(Configured.class);

    @EnableConfigurationProperties(InferenceSettings.class)
    static class Configured {}

    private ApplicationContextRunner with(String yaml) {
        return context.withInitializer(started -> {
            try {
                new YamlPropertySourceLoader()
                        .load("test", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                        .forEach(started.getEnvironment().getPropertySources()::addFirst);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void bindsPoolsWithTheirKeysDomainsAndModels() {
        with(YAML).run(started -> {
            InferenceSettings settings = started.getBean(InferenceSettings.class);
            assertThat(settings.calls()).isEqualTo(50);
            assertThat(settings.models()).containsExactly("assessment", "qwen/small-1.5");
            assertThat(settings.poolOf("assessment")).contains("qwen");
            KeyPoolDefinition pool = settings.pools().get("qwen");
            assertThat(pool).isNotNull();
            assertThat(pool.provider().kind()).isEqualTo(Provider.Kind.DASHSCOPE);
            assertThat(pool.provider().timeout()).isEqualTo(Duration.ofSeconds(30));

            List<String> places = new ArrayList<>();
            KeyPoolSettings keys = pool.keyPool((_, place) -> {
                places.add(place);
                return Secret.of("a test", "sk-test");
            });
            assertThat(keys.strategy()).isEqualTo(Strategy.WEIGHTED);
            assertThat(keys.keys())
                    .extracting(key -> key.id() + "*" + key.weight())
                    .containsExactly("a-1*1", "b-1*3");
            assertThat(keys.domains())
                    .containsEntry(new DomainName("account-a"), new DomainLimits(600L, 1_000_000L, null, 20));
            assertThat(places).containsExactly("env:QWEN_A1", "file:/run/secrets/b1");
        });
    }

    @Test
    void offersNoModelsWithoutPools() {
        context.run(started ->
                assertThat(started.getBean(InferenceSettings.class).models()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            strategy: weighted | strateg: weighted       | renderfleet.inference.pools.qwen.strateg
            strategy: weighted | strategy: cheapest      | No enum constant
            https://dashscope  | ftp://dashscope         | renderfleet.inference.pools.qwen.base-url must be an http or https address
            timeout: 30s       | timeout: 10ms           | renderfleet.inference.pools.qwen.timeout must be 100ms to 1h
            domain: account-b, | domain: account-c,      | keys[1].domain must be one of the names
            concurrency: 5     | rpm: 5                  | concurrency must be 1 to 100000; it is 0
            id: b-1            | id: a-1                 | must be unique in the pool
            id: b-1            | id: 'b 1'               | The id of a key must have
            'id: b-1, '        | ''                      | renderfleet.inference.pools.qwen.keys[1] must have id, domain and secret
            """)
    void refusesAWrongSettingByItsName(String correct, String wrong, String message) {
        assertThat(YAML).contains(correct.strip());
        with(YAML.replace(correct.strip(), wrong == null ? "" : wrong.strip()))
                .run(started -> assertThat(started).getFailure().rootCause().hasMessageContaining(message.strip()));
    }

    @Test
    void refusesAPoolWithoutKeysOrModels() {
        with(YAML.substring(0, YAML.indexOf("      keys:")))
                .run(started -> assertThat(started)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("keys must have 1 to 1000 keys"));
        with("renderfleet.inference.pools.qwen.base-url: https://a.test")
                .run(started -> assertThat(started).hasFailed());
    }

    @Test
    void refusesAModelOfTwoPools() {
        String other = YAML.substring(YAML.indexOf("    qwen:")).replace("    qwen:", "    other:");
        with(YAML + other)
                .run(started ->
                        assertThat(started).getFailure().rootCause().hasMessageContaining("both offer the model"));
    }

    @Test
    void refusesAKeyInPlaceOfItsReferenceWithoutRepeatingIt() {
        with(YAML.replace("env:QWEN_A1", "sk-canary-0123456789"))
                .run(started -> assertThat(started)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("keys[0].secret must say where the key is")
                        .satisfies(failure -> assertThat(failure).message().doesNotContain("canary")));
    }

    @Test
    void aPoolForSomeRegionsIsUsedOnlyThere() {
        RegionId ohio = new RegionId("us-east-2");
        RegionId tokyo = new RegionId("ap-northeast-1");
        InferenceSettings settings = TestSettings.settings(
                "pools.main.regions",
                "us-east-2",
                "pools.other.base-url",
                "https://api.example.org/v1",
                "pools.other.models.summary",
                "qwen-plus",
                "pools.other.domains.account.concurrency",
                "1",
                "pools.other.keys[0].id",
                "b",
                "pools.other.keys[0].domain",
                "account",
                "pools.other.keys[0].secret",
                "env:KEY_B");
        assertThat(settings.poolsIn(ohio)).containsOnlyKeys("main", "other");
        assertThat(settings.poolsIn(tokyo)).containsOnlyKeys("other");
        assertThat(settings.regionsOf("assessment")).containsExactly(ohio);
        assertThat(settings.regionsOf("summary")).isEmpty();
        settings.checkRegions(List.of(ohio, tokyo));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.checkRegions(List.of(tokyo)))
                .withMessage("renderfleet.inference.pools.main.regions has the region us-east-2, which this deployment"
                        + " does not have; its regions are ap-northeast-1");
    }
}
