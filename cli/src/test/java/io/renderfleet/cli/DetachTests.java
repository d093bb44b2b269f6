package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Ctrl-C, sent to a real process. */
class DetachTests {
    private static final String ID = "6f1d3a52-7c1e-4f0b-9a51-0d3c6a1be001";
    private static final int DEADLINE_SECONDS = 60;

    @Test
    void stopsWaitingButDoesNotCancelTheJob() throws IOException, InterruptedException {
        try (FakeService service = new FakeService()) {
            service.on("POST /jobs", 202, "{\"jobId\": \"" + ID + "\", \"status\": \"PENDING\"}")
                    .on("GET /jobs/" + ID, 200, """
                            {"jobId": "%s", "type": "render", "status": "PROCESSING", "progress": 10, "attempt": 1,
                             "createdAt": "2026-01-01T00:00:00Z"}""".formatted(ID));
            List<String> command = new ArrayList<>();
            if (System.getProperty("os.name").equals("Linux")) {
                // A shell starts commands in the background with SIGINT ignored, and whatever they start inherits that.
                command.addAll(List.of("env", "--default-signal=INT"));
            }
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Renderfleet.class.getName(),
                    "submit",
                    "--design",
                    "chair",
                    "--wait",
                    "--url",
                    service.address().toString()));
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
                String line = err.readLine();
                while (line != null && !line.startsWith("PROCESSING")) {
                    line = err.readLine();
                }
                assertThat(line).isNotNull();
                new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);

                assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
                assertThat(err.lines().collect(Collectors.joining("\n")))
                        .contains("continues", "renderfleet watch " + ID, "renderfleet cancel " + ID);
                assertThat(process.exitValue()).isEqualTo(130);
                assertThat(service.received("POST /jobs/" + ID + "/cancel")).isEmpty();
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
