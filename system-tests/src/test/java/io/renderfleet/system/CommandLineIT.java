package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged command, with its script, against the real services. */
class CommandLineIT {
    private static final Path COMMAND = Path.of("..", "cli", "target", "renderfleet");
    private static final int DEADLINE_SECONDS = 180;
    private static RunningFleet fleet;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        fleet = RunningFleet.start(Map.of());
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    private record Run(int exitCode, String out, String err) {}

    private Run run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(COMMAND.toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("RENDERFLEET_URL", fleet.api().toString());
        builder.environment().put("RENDERFLEET_USER", "command-line");
        builder.environment().put("XDG_CONFIG_HOME", directory.toString());
        builder.environment().put("XDG_CACHE_HOME", directory.toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void rendersAPictureAndListsTheJob() throws IOException, InterruptedException {
        Path picture = directory.resolve("picture.png");

        Run submitted = run(
                "submit",
                "--design",
                "tiny-cube",
                "--camera",
                "2,1.6,2.6",
                "--width",
                "48",
                "--height",
                "32",
                "--samples",
                "1",
                "-o",
                picture.toString());

        assertThat(submitted.exitCode()).as(submitted.err()).isZero();
        BufferedImage image = ImageIO.read(picture.toFile());
        assertThat(image.getWidth()).isEqualTo(48);
        assertThat(image.getHeight()).isEqualTo(32);
        assertThat(run("ls").out()).contains("COMPLETED");
    }

    @Test
    void showsTheProblemOfARefusedRequest() throws IOException, InterruptedException {
        Run refused = run("submit", "--design", "tiny-cube", "--camera", "2,1.6,2.6", "--width", "1");

        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains("output.width must be from 16 to 4096");
    }

    @Test
    void operatesTheFleetAndCompletesInAShell() throws IOException, InterruptedException {
        assertThat(run("regions").out()).contains("us-east-1", "us-west-2");
        assertThat(run("drain", "us-west-1").exitCode()).isZero();
        assertThat(run("undrain", "us-west-1").exitCode()).isZero();
        assertThat(run("queues").out()).contains("VISIBLE");
        assertThat(run("designs", "list").out()).contains("tiny-cube");
        assertThat(run("alerts").exitCode()).isZero();
        assertThat(run("completion", "bash").out()).contains("complete -F");
    }

    @Test
    void keepsAnArchiveOfItsClassesAndAnswersWithoutItToo() throws IOException, InterruptedException {
        Path archive = directory.resolve("renderfleet").resolve("classes.jsa");
        String answer = run("designs", "list", "--output", "json").out();
        assertThat(archive).isNotEmptyFile();

        Files.writeString(archive, "not an archive");
        Run broken = run("designs", "list", "--output", "json");
        assertThat(broken.exitCode()).isZero();
        assertThat(broken.out()).isEqualTo(answer);

        Files.delete(archive);
        Files.delete(archive.getParent());
        Files.writeString(archive.getParent(), "not a directory");
        assertThat(run("designs", "list", "--output", "json")).isEqualTo(new Run(0, answer, ""));
    }
}
