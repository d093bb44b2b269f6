package io.renderfleet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ChaosApplicationTests {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
            ChaosApplication.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --jobs many  | Invalid value for option '--jobs': 'many' is not an int
            --jobs 0     | --jobs must be from 1 to 100000
            --events -1  | --events must be from 0 to 100000
            --minutes 0  | --minutes must be from 1 to 600
            --speed 1    | Unknown options: '--speed', '1'
            --seed       | Missing required parameter for option '--seed' (N)
            """)
    void wrongUsageIsExplainedAndExitsWithTwo(String arguments, String message) {
        assertThat(commandLine.execute(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).startsWith(message).contains("Usage: chaos [");
    }

    @Test
    void explainsItsOptions() {
        assertThat(commandLine.execute("--help")).isZero();
        assertThat(out.toString()).contains("--seed", "--jobs", "--events", "--minutes", "--root");
    }

    @Test
    void saysItsVersion() {
        assertThat(commandLine.execute("--version")).isZero();
        assertThat(out.toString()).startsWith("chaos ");
    }

    @Test
    void saysHowToRepeatARun() {
        assertThat(new ChaosOptions(7, 100, 0, 1, Path.of("")).command())
                .isEqualTo("make chaos SEED=7 JOBS=100 MINUTES=1");
        assertThat(new ChaosOptions(7, 100, 5000, 1, Path.of("")).command())
                .isEqualTo("make chaos SEED=7 JOBS=100 EVENTS=5000 MINUTES=1");
    }
}
