package io.renderfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class StandaloneApplicationTests {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine = StandaloneApplication.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            down                       | Unmatched argument at index 0: 'down'
            demo a http://b:1 c        | Unmatched argument at index 3: 'c'
            demo a localhost:8080      | 'localhost:8080' is not the address of an API. Use one such as http://127.0.0.1:8080.
            """)
    void wrongUsageIsExplainedAndExitsWithTwo(String arguments, String message) {
        assertThat(commandLine.execute(arguments.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).startsWith(message).contains("Usage: standalone ");
    }

    @Test
    void everyCommandExplainsItself() {
        assertThat(commandLine.execute("--help")).isZero();
        assertThat(commandLine.execute("demo", "--help")).isZero();
        assertThat(out.toString()).contains("up", "demo", "DIR", "API");
    }
}
