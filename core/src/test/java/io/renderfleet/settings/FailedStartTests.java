package io.renderfleet.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.renderfleet.queue.Lane;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.start.CannotStartException;
import io.renderfleet.start.ServiceStart;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class FailedStartTests {
    @Configuration
    @EnableConfigurationProperties({FleetSettings.class, Example.class})
    static class Application {}

    /**
     * Settings of all kinds.
     *
     * @param slots how many jobs run at a time
     * @param secretPin opens the door
     */
    @ConfigurationProperties("renderfleet.test")
    record Example(
            @DefaultValue("4") int slots,
            @DefaultValue("90s") Duration lease,
            @DefaultValue("high") Set<Lane> lanes,
            @Nullable Integer secretPin) {}

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --renderfleet.env=                | renderfleet.env is missing or cannot be used.     | must be the deployment's name
            --renderfleet.env=No              | renderfleet.env cannot be 'No'.                   | must be the deployment's name
            --renderfleet.home-region=moon    | renderfleet.home-region cannot be 'moon'.         | 'moon' is not an AWS region code such as us-east-1
            --renderfleet.regions=            | renderfleet.regions is missing or cannot be used. | a region is required
            --renderfleet.pools=chat          | renderfleet.pools cannot be 'chat'.               | write name=cpu
            --renderfleet.test.slots=zero     | renderfleet.test.slots cannot be 'zero'.          | accepted   a whole number
            --renderfleet.test.slots=zero     | renderfleet.test.slots cannot be 'zero'.          | default    '4'
            --renderfleet.test.slots=zero     | renderfleet.test.slots cannot be 'zero'.          | meaning    how many jobs run at a time
            --renderfleet.test.slots=zero     | renderfleet.test.slots cannot be 'zero'.          | given by   command line
            --renderfleet.test.slots=zero     | renderfleet.test.slots cannot be 'zero'.          | variable   RENDERFLEET_TEST_SLOTS
            --renderfleet.test.lease=90 secs  | renderfleet.test.lease cannot be '90 secs'.       | accepted   a duration such as 500ms, 30s, 5m or 2h
            --renderfleet.test.lanes=fast     | renderfleet.test.lanes cannot be 'fast'.          | accepted   a list with any of high, normal, low, ordered
            --renderfleet.test.secret-pin=hush | renderfleet.test.secret-pin cannot be the value that was given. | accepted   a whole number
            """)
    void aWrongSettingIsExplained(String argument, String expected, String detail) {
        assertThat(analysisOf(argument).getDescription())
                .startsWith(expected)
                .contains(detail)
                .doesNotContain("hush", "java.", "For input string");
    }

    @Test
    void everyMissingSettingIsNamed() {
        FailureAnalysis analysis = explained(
                catchThrowable(() -> start(Map.of("renderfleet.env", "test", "renderfleet.pools", "render=cpu"))));
        assertThat(analysis.getDescription())
                .contains("renderfleet.home-region is missing or cannot be used.", "such as us-east-1")
                .contains("renderfleet.regions is missing or cannot be used.", "such as us-east-1,us-west-2");
        assertThat(analysis.getAction()).contains("--print-settings");
    }

    @Test
    void anUnknownSettingEndsTheStartWithOneReport(CapturedOutput output) {
        var _ = catchThrowable(() -> start(Map.of("renderfleet.test.slot", "9")));
        assertThat(output)
                .containsOnlyOnce("renderfleet.test.slot is no setting; did you mean renderfleet.test.slots?")
                .contains("APPLICATION FAILED TO START", "--print-settings")
                .doesNotContain("\tat ");
    }

    @Test
    void aReasonNotToStartIsGivenWithWhatToDo() {
        FailureAnalysis analysis =
                explained(new IllegalStateException(new CannotStartException("The table is not there.", "Create it.")));
        assertThat(analysis.getDescription()).isEqualTo("The table is not there.");
        assertThat(analysis.getAction()).isEqualTo("Create it.");
    }

    @Test
    void aPortInUseIsNamed() {
        assertThat(explained(new IllegalStateException(new PortInUseException(8080)))
                        .getDescription())
                .contains("8080");
    }

    @Test
    void anyOtherFailureIsLeftToSpringBoot() {
        assertThat(ServiceStart.explain(new IllegalStateException("a fault of ours")))
                .isEmpty();
    }

    private static FailureAnalysis analysisOf(String argument) {
        Map<String, String> settings = new LinkedHashMap<>(Map.of(
                "renderfleet.env", "test",
                "renderfleet.home-region", "us-east-1",
                "renderfleet.regions", "us-east-1",
                "renderfleet.pools", "render=cpu"));
        String[] parts = argument.substring(2).split("=", 2);
        settings.put(parts[0], parts[1]);
        return explained(catchThrowable(() -> start(settings)));
    }

    private static FailureAnalysis explained(Throwable failure) {
        return ServiceStart.explain(failure).orElseThrow();
    }

    private static void start(Map<String, String> settings) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLogStartupInfo(false);
        application
                .run(settings.entrySet().stream()
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new))
                .close();
    }
}
