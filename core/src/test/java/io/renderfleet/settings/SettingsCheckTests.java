package io.renderfleet.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class SettingsCheckTests {
    private static final KnownSettings WORKER = new KnownSettings(List.of(
            setting("renderfleet.env", "java.lang.String"),
            setting("renderfleet.home-region", "java.lang.String"),
            setting("renderfleet.regions", "java.util.List<java.lang.String>"),
            setting("renderfleet.worker.slots", "java.lang.Integer"),
            setting("renderfleet.worker.lease", "java.time.Duration"),
            setting("renderfleet.worker.process-limit", "java.lang.Integer"),
            setting("renderfleet.worker.lanes", "java.util.Set<java.lang.String>")));

    private static KnownSetting setting(String name, String type) {
        return new KnownSetting(name, type, null, "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            RENDERFLEET_WORKER_SLOT       | RENDERFLEET_WORKER_SLOT is no setting; did you mean RENDERFLEET_WORKER_SLOTS?
            RENDERFLEET_WORKER_LAESE      | RENDERFLEET_WORKER_LAESE is no setting; did you mean RENDERFLEET_WORKER_LANES or RENDERFLEET_WORKER_LEASE?
            RENDERFLEET_WORKRE_SLOTS      | RENDERFLEET_WORKRE_SLOTS is no setting; did you mean RENDERFLEET_WORKER_SLOTS?
            RENDERFLEET_HOME_REGOIN       | RENDERFLEET_HOME_REGOIN is no setting; did you mean RENDERFLEET_HOMEREGION?
            RENDERFLEET_LEASE             | RENDERFLEET_LEASE is no setting; did you mean RENDERFLEET_WORKER_LEASE?
            RENDERFLEET_WORKER_REGIONS    | RENDERFLEET_WORKER_REGIONS is no setting; did you mean RENDERFLEET_REGIONS?
            RENDERFLEET_WORKER_COLOUR     | RENDERFLEET_WORKER_COLOUR is no setting of this service
            RENDERFLEET_WORKER_SLOTS_0    | RENDERFLEET_WORKER_SLOTS_0 is no setting; did you mean RENDERFLEET_WORKER_SLOTS?
            """)
    void refusesAnUnknownVariableAndNamesTheNearestSetting(String variable, String message) {
        assertThatExceptionOfType(UnknownSettingsException.class)
                .isThrownBy(() -> check(variables(Map.of(variable, "9"))))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            renderfleet.worker.slot       | renderfleet.worker.slot is no setting; did you mean renderfleet.worker.slots?
            renderfleet.worker.leaseTime  | renderfleet.worker.leaseTime is no setting of this service
            renderfleet.worker.slots[0]   | renderfleet.worker.slots[0] is no setting of this service
            renderfleet.environment       | renderfleet.environment is no setting of this service
            """)
    void refusesAnUnknownProperty(String property, String message) {
        assertThatExceptionOfType(UnknownSettingsException.class)
                .isThrownBy(() -> check(properties(Map.of(property, "9"))))
                .withMessage(message);
    }

    @Test
    void namesEveryUnknownSettingOfEverySource() {
        assertThatExceptionOfType(UnknownSettingsException.class)
                .isThrownBy(() -> check(
                        properties(Map.of("renderfleet.worker.slot", "9")),
                        variables(Map.of("RENDERFLEET_EVN", "prod", "RENDERFLEET_REGION", "us-east-1"))))
                .withMessageContainingAll(
                        "renderfleet.worker.slot ",
                        "RENDERFLEET_EVN ",
                        "RENDERFLEET_REGION is no setting; did you mean");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RENDERFLEET_WORKER_PROCESSLIMIT",
                "RENDERFLEET_WORKER_PROCESS_LIMIT",
                "renderfleet_worker_slots",
                "RENDERFLEET_WORKER_LANES_1",
                "RENDERFLEET_REGIONS",
                "renderfleet.worker.slots",
                "PATH",
                "RENDERFLEETING"
            })
    void acceptsTheNamesThatSpringBootBindsVariablesFrom(String variable) {
        assertThatCode(() -> check(variables(Map.of(variable, "9")))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "renderfleet.worker.process-limit",
                "renderfleet.worker.processLimit",
                "renderfleet.worker.process_limit",
                "renderfleet.worker.lanes[0]",
                "server.prot"
            })
    void acceptsTheNamesThatSpringBootBindsPropertiesFrom(String property) {
        assertThatCode(() -> check(properties(Map.of(property, "9")))).doesNotThrowAnyException();
    }

    @Test
    void onlyLogsASettingOfAModuleThatThisServiceDoesNotHave(CapturedOutput output) {
        assertThatCode(() -> check(variables(Map.of("RENDERFLEET_API_BODY_TIMEOUT", "1m"))))
                .doesNotThrowAnyException();
        assertThat(output)
                .contains("Ignoring the setting RENDERFLEET_API_BODY_TIMEOUT: it belongs to no module of this service");
    }

    @Test
    void refusesItWhereAllModulesArePresent() {
        assertThatExceptionOfType(UnknownSettingsException.class)
                .isThrownBy(() -> SettingsCheck.check(
                        WORKER, environment(variables(Map.of("RENDERFLEET_API_BODY_TIMEOUT", "1m"))), true))
                .withMessage("RENDERFLEET_API_BODY_TIMEOUT is no setting of this service");
    }

    private static void check(PropertySource<?>... sources) {
        SettingsCheck.check(WORKER, environment(sources), false);
    }

    private static StandardEnvironment environment(PropertySource<?>... sources) {
        StandardEnvironment environment = new StandardEnvironment();
        List.of(sources).forEach(environment.getPropertySources()::addLast);
        return environment;
    }

    private static PropertySource<?> properties(Map<String, Object> properties) {
        return new MapPropertySource("test properties", properties);
    }

    private static PropertySource<?> variables(Map<String, Object> variables) {
        return new SystemEnvironmentPropertySource("test variables", variables);
    }
}
