package io.renderfleet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BenchApplicationTests {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
            BenchApplication.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "--speed 1", "ordering 1", "burst --jobs many", "burst --jobs 0"})
    void wrongUsageIsExplainedAndExitsWithTwo(String arguments) {
        assertThat(commandLine.execute(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).contains("Usage: bench ");
    }

    @Test
    void everyCommandExplainsItself() {
        assertThat(commandLine.execute("--help")).isZero();
        assertThat(commandLine.execute("burst", "--help")).isZero();
        assertThat(out.toString()).contains("ordering", "burst", "--output", "--jobs=N");
    }
}
