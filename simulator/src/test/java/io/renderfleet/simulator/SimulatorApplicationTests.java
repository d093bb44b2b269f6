package io.renderfleet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SimulatorApplicationTests {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine = SimulatorApplication.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));

    @ParameterizedTest
    @ValueSource(strings = {"--seed", "--seed x", "--speed 1", "1"})
    void wrongUsageIsExplainedAndExitsWithTwo(String arguments) {
        assertThat(commandLine.execute(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).contains("Usage: simulator [");
    }

    @Test
    void explainsItsOption() {
        assertThat(commandLine.execute("--help")).isZero();
        assertThat(out.toString()).contains("--seed=N", "docs/scaling.md");
    }
}
