package io.renderfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts the worker in its image, with shell scripts in place of the worker and of the kernel. */
@Timeout(60)
class RestartKilledTests {
    private static final Path SCRIPT =
            Path.of("../deploy/container/restart-killed").toAbsolutePath();

    private final Path directory;
    private final Path inHand;
    private final Path events;

    RestartKilledTests(@TempDir Path directory) {
        this.directory = directory;
        this.inHand = directory.resolve("jobs-in-hand");
        this.events = directory.resolve("memory.events");
    }

    @BeforeEach
    void nothingWasKilled() throws IOException {
        Files.writeString(events, "low 0\nhigh 0\nmax 7\noom 0\noom_kill 0\n");
    }

    @Test
    void startsAWorkerAgainThatTheKernelKilledAndSaysSo() throws Exception {
        String worker = """
                echo start >> starts
                [ -e jobs-in-hand/out-of-memory ] && exit 0
                echo 'oom_kill 1' > memory.events
                kill -KILL $$
                """;

        assertThat(end(start(worker))).isZero();
        assertThat(directory.resolve("starts")).hasContent("start\nstart");
    }

    @Test
    void endsWithAWorkerThatSomebodyElseKilled() throws Exception {
        assertThat(end(start("kill -KILL $$"))).isEqualTo(137);
        assertThat(inHand.resolve("out-of-memory")).doesNotExist();
    }

    @Test
    void endsWithTheExitCodeOfTheWorker() throws Exception {
        assertThat(end(start("exit 3"))).isEqualTo(3);
    }

    @Test
    void endsAfterFiveRestarts() throws Exception {
        String worker = """
                echo start >> starts
                echo "oom_kill $(wc -l < starts)" > memory.events
                kill -KILL $$
                """;

        assertThat(end(start(worker))).isEqualTo(137);
        assertThat(Files.readAllLines(directory.resolve("starts"))).hasSize(6);
    }

    @Test
    void passesOnTheSignalToStopAndWaitsForTheWorker() throws Exception {
        Process process =
                start("trap 'sleep 1; echo stopped > stopped; exit 0' TERM; touch ready; while :; do sleep 0.1; done");
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!Files.exists(directory.resolve("ready")) && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        process.destroy();

        assertThat(end(process)).isZero();
        assertThat(directory.resolve("stopped")).hasContent("stopped");
    }

    private Process start(String worker) throws IOException {
        Path script = Files.writeString(directory.resolve("worker"), worker);
        ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString(), inHand.toString(), "bash", script.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile());
        builder.environment().put("CGROUP", directory.toString());
        return builder.start();
    }

    private static int end(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
