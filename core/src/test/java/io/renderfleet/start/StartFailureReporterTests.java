package io.renderfleet.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.renderfleet.region.FleetSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.annotation.Configuration;

class StartFailureReporterTests {
    @Configuration
    @EnableConfigurationProperties({FleetSettings.class, Secretive.class})
    static class Application {}

    @ConfigurationProperties("renderfleet.test")
    record Secretive(@Nullable Integer secretPin) {}

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --renderfleet.env=            | renderfleet.env (RENDERFLEET_ENV) must be the deployment's name
                    --renderfleet.env=No          | renderfleet.env (RENDERFLEET_ENV) is 'No' and must be the deployment's name
                    --renderfleet.home-region=    | renderfleet.home-region (RENDERFLEET_HOMEREGION): '' is not an AWS region code such as us-east-1.
                    --renderfleet.regions=        | renderfleet.regions (RENDERFLEET_REGIONS) names no region
                    --renderfleet.regions=moon    | renderfleet.regions (RENDERFLEET_REGIONS): 'moon' is not an AWS region code such as us-east-1.
                    --renderfleet.pools=          | renderfleet.pools (RENDERFLEET_POOLS) names no pool
                    --renderfleet.pools=chat      | renderfleet.pools (RENDERFLEET_POOLS): 'chat' does not describe a pool: write name=cpu
                    --renderfleet.test.secret-pin=hush | renderfleet.test.secret-pin (RENDERFLEET_TEST_SECRETPIN): it cannot be read.
                    """)
    void namesTheSettingThatIsWrong(String argument, String expected) {
        assertThat(reasonOf(argument))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .startsWith(expected)
                        .doesNotContain("\n")
                        .doesNotContain("hush"));
    }

    @Test
    void namesTheSettingThatIsMissing() {
        assertThat(StartFailureReporter.reason(
                        catchThrowable(() -> start("--renderfleet.env=test", "--renderfleet.pools=render=cpu"))))
                .contains(
                        "renderfleet.home-region (RENDERFLEET_HOMEREGION) names no region: set it to the one that has the"
                                + " jobs table, such as us-east-1. renderfleet.regions (RENDERFLEET_REGIONS) names no"
                                + " region: set it to those that run jobs, such as us-east-1,us-west-2.");
    }

    @Test
    void namesThePortThatIsTaken() {
        assertThat(StartFailureReporter.reason(new IllegalStateException(new PortInUseException(8080))))
                .hasValueSatisfying(reason -> assertThat(reason).startsWith("Port 8080 is taken."));
    }

    @Test
    void leavesEverythingElseToSpringBoot() {
        assertThat(StartFailureReporter.reason(new IllegalStateException("a fault of ours")))
                .isEmpty();
        assertThat(new StartFailureReporter(null).reportException(new IllegalStateException("a fault of ours")))
                .isFalse();
    }

    @Test
    void isWhatSpringBootAsksFirst() {
        assertThat(new StartFailureReporter(null).reportException(new CannotStartException("No.")))
                .isTrue();
    }

    private static Optional<String> reasonOf(String argument) {
        return StartFailureReporter.reason(catchThrowable(() -> start(
                "--renderfleet.env=test",
                "--renderfleet.home-region=us-east-1",
                "--renderfleet.regions=us-east-1",
                "--renderfleet.pools=render=cpu",
                argument)));
    }

    private static void start(String... arguments) {
        // The last of two values for one name would be added to the first, not put in its place.
        Map<String, String> last = new LinkedHashMap<>();
        for (String argument : arguments) {
            last.put(argument.substring(0, argument.indexOf('=')), argument);
        }
        new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .run(last.values().toArray(String[]::new))
                .close();
    }
}
