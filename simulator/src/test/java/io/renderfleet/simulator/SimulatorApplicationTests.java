package io.renderfleet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorApplicationTests {
    @ParameterizedTest
    @ValueSource(strings = {"--seed", "--seed x", "--seed -1", "--speed 1", "1"})
    void whatItDoesNotKnowIsAnsweredWithItsUsage(String arguments) {
        var err = new ByteArrayOutputStream();

        int code = SimulatorApplication.run(
                arguments.split(" ", -1),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("usage: ");
    }
}
