package io.renderfleet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerTemplateTests {
    private final String text = read();

    @Test
    void everyNumberFollowsItsParameter() {
        String changed = defaultOf("Slots", 4);
        changed = defaultOf(changed, "MinTasks", 3);
        changed = defaultOf(changed, "MaxTasks", 77);
        changed = defaultOf(changed, "BacklogPerTask", 12);
        changed = defaultOf(changed, "ScaleOutCooldown", 11);
        changed = defaultOf(changed, "ScaleInCooldown", 22);
        changed = defaultOf(changed, "WakeCooldown", 33);
        changed = defaultOf(changed, "OnDemandBase", 5);
        changed = defaultOf(changed, "OnDemandWeight", 6);
        changed = defaultOf(changed, "SpotWeight", 7);
        changed = defaultOf(changed, "Cpu", 512);
        changed = defaultOf(changed, "Memory", 1024);

        assertThat(WorkerTemplate.settings(changed))
                .isEqualTo(new ScalingSettings(
                        4, 512, 1024, "ARM64", 3, 77, 12, 11, 22, new ScalingSettings.Wake(1, 1, 1, 33), 5, 6, 7));
    }

    @Test
    void literalsAreReadWhereTheyStand() {
        assertThat(WorkerTemplate.settings(text.replace("EvaluationPeriods: 1", "EvaluationPeriods: 2"))
                        .wake()
                        .points())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "TargetValue, Resources.BacklogPolicy.Properties.TargetTrackingScalingPolicyConfiguration.TargetValue",
        "EvaluationPeriods, Resources.WakeAlarm.Properties.EvaluationPeriods",
        "MaxCapacity, Resources.Scaling.Properties.MaxCapacity",
    })
    void aNumberThatIsGoneIsNamedInOneLine(String property, String path) {
        assertThatThrownBy(() -> WorkerTemplate.settings(text.replaceFirst(property + ":", "Gone:")))
                .isInstanceOf(SimulationException.class)
                .hasMessage("the workers' template has no " + path);
    }

    @Test
    void aParameterWithoutDefaultIsNamedInOneLine() {
        assertThatThrownBy(() -> WorkerTemplate.settings(
                        text.replaceFirst("(  ScaleInCooldown:\n.*\n.*\n)    Default: 300\n", "$1")))
                .isInstanceOf(SimulationException.class)
                .hasMessage("the workers' template has no Parameters.ScaleInCooldown.Default");
    }

    @Test
    void aValueThatIsNotANumberIsReported() {
        assertThatThrownBy(
                        () -> WorkerTemplate.settings(text.replace("MaxCapacity: !Ref MaxTasks", "MaxCapacity: many")))
                .isInstanceOf(SimulationException.class)
                .hasMessage("the workers' template: Resources.Scaling.Properties.MaxCapacity is not a number");
    }

    @ParameterizedTest
    @CsvSource({"'backlog / running, backlog', backlog_per_task", "'waiting > 0 AND', asleep"})
    void aTemplateWithAnotherExpressionIsRefused(String part, String id) {
        assertThatThrownBy(() -> WorkerTemplate.settings(text.replace(part, "0 > 1 AND")))
                .isInstanceOf(SimulationException.class)
                .hasMessageContaining(" has no " + id + " with the expression ");
    }

    @Test
    void aMissingFileIsReported() {
        assertThatThrownBy(() -> WorkerTemplate.read(Path.of("no", "such", "file")))
                .isInstanceOf(SimulationException.class)
                .hasMessageStartingWith("cannot read ");
    }

    private String defaultOf(String parameter, int value) {
        return defaultOf(text, parameter, value);
    }

    private static String defaultOf(String template, String parameter, int value) {
        String changed = template.replaceFirst(
                "(\n  " + parameter + ":\n(?:    .*\n)*?    Default:) [0-9]+\n", "$1 " + value + "\n");
        assertThat(changed).contains("Default: " + value + "\n");
        return changed;
    }

    private static String read() {
        try {
            return Files.readString(Project.root().resolve(WorkerTemplate.PATH));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
