package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmitCommandTests {
    private static final String ID = "6f1d3a52-7c1e-4f0b-9a51-0d3c6a1be001";
    private static final String JOB = "GET /jobs/" + ID;
    private static final String ACCEPTED = "{\"jobId\": \"" + ID + "\", \"status\": \"PENDING\"}";
    private static final String OTHER_DIGEST = "0".repeat(64);

    private final ObjectMapper json = new ObjectMapper();
    private FakeService service;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        service = new FakeService();
        service.on("POST /jobs", 202, ACCEPTED);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private static String job(String status, int progress, String more) {
        return """
                {"jobId": "%s", "type": "render", "userId": "user-1", "status": "%s", "progress": %d, "attempt": 1,
                 "attempts": [], "region": "us-east-1", "createdAt": "2026-01-01T00:00:00.000Z", "artifacts": []%s}""".formatted(ID, status, progress, more);
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(service.address(), arguments);
    }

    private JsonNode submitted() throws IOException {
        return json.readTree(service.received("POST /jobs").getFirst().body());
    }

    @Test
    void sendsEveryOptionAsAFieldOfTheRequest() throws IOException {
        CommandRun run = run(
                ("submit --design chair --camera 5,3.5,-5 --target 0,1,0 --up 0,0,1 --fov 30.5 --width 320 --height 180"
                                + " --samples 8 --format jpeg --environment none --priority HIGH --ordering-key k"
                                + " --region us-east-1,us-west-2 --start-within PT1M --timeout PT2M"
                                + " --max-attempts 2 --type render -p note.deep=[1,2] -p time=1"
                                + " --name chair --label room.1=kitchen --label floor=2")
                        .split(" ", -1));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().strip()).isEqualTo(ID);
        assertThat(submitted()).isEqualTo(json.readTree("""
                {"note": {"deep": [1, 2]}, "time": 1, "name": "chair",
                 "labels": {"room.1": "kitchen", "floor": "2"}, "type": "render", "designId": "chair",
                 "camera": {"position": {"x": 5, "y": 3.5, "z": -5}, "target": {"x": 0, "y": 1, "z": 0},
                            "up": {"x": 0, "y": 0, "z": 1}, "fov": 30.5},
                 "output": {"width": 320, "height": 180, "samplesPerPixel": 8, "format": "jpeg"},
                 "environment": "none", "priority": "HIGH", "orderingKey": "k",
                 "regions": ["us-east-1", "us-west-2"], "startWithin": "PT1M", "timeout": "PT2M", "maxAttempts": 2,
                 "userId": "user-1"}"""));
    }

    @Test
    void takesARequestOfAnyTypeFromAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("job.json"), "{\"type\": \"echo\", \"userId\": \"me\"}");

        assertThat(run("submit", "--request", file.toString(), "-p", "text=1e3").exitCode())
                .isZero();

        assertThat(submitted().path("type").asText()).isEqualTo("echo");
        assertThat(submitted().path("userId").asText()).isEqualTo("me");
        assertThat(submitted().path("text").asInt()).isEqualTo(1000);
    }

    @Test
    void uploadsADesignOnlyIfTheServiceDoesNotHaveTheSameFile() throws IOException {
        Path file = Files.writeString(directory.resolve("my chair.glb"), "a design");
        String digest = sha256("a design");
        String stored = """
                {"designId": "my-chair", "digest": "%s", "bytes": 8, "contentType": "model/gltf-binary",
                 "storedAt": "2026-01-01T00:00:00Z"}""";
        service.on("GET /designs/my-chair", 404, "{\"type\": \"urn:renderfleet:problem:design-not-found\"}")
                .on("GET /designs/my-chair", 200, stored.formatted(OTHER_DIGEST))
                .on("GET /designs/my-chair", 200, stored.formatted(digest))
                .on("PUT /designs/my-chair", 201, stored.formatted(digest));

        for (int i = 0; i < 3; i++) {
            CommandRun run = run("submit", file.toString(), "--camera", "5,3,5");
            assertThat(run.exitCode()).as(run.err()).isZero();
        }

        assertThat(service.received("PUT /designs/my-chair")).hasSize(2);
        assertThat(submitted().path("designId").asText()).isEqualTo("my-chair");
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void waitsForTheEndAndWritesTheResult() throws IOException {
        service.on(JOB, 200, job("PENDING", 0, ""), Map.of("Retry-After", "0"))
                .on(JOB, 200, job("PROCESSING", 50, ""), Map.of("Retry-After", "0"))
                .on(JOB, 200, job("COMPLETED", 100, ", \"finishedAt\": \"2026-01-01T00:00:02.500Z\""))
                .on(JOB + "/result", 302, "", Map.of("Location", "/file"))
                .on("GET /file", 200, "picture");
        Path out = directory.resolve("out.png");

        CommandRun run = run("submit", "--design", "chair", "--camera", "5,3,5", "--wait", "-o", out.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(out).hasContent("picture");
        assertThat(run.out()).isEqualToNormalizingNewlines("COMPLETED after 2.5 s in us-east-1\nWrote " + out + "\n");
        assertThat(run.err().lines())
                .containsExactly(
                        "Submitted job " + ID,
                        "PENDING      0 %  us-east-1",
                        "PROCESSING  50 %  us-east-1",
                        "COMPLETED  100 %  us-east-1");
    }

    @Test
    void showsTheProgressThatTheStreamOfTheJobHas() {
        String state = "id: %d\ndata: {\"jobId\": \"" + ID + "\", \"status\": \"%s\", \"progress\": %d}\n\n";
        service.on(JOB, 200, job("PENDING", 0, ""))
                .on(JOB, 200, job("COMPLETED", 100, ""))
                .on(
                        JOB + "/events",
                        200,
                        state.formatted(1, "PROCESSING", 30)
                                + state.formatted(2, "PROCESSING", 60)
                                + state.formatted(3, "COMPLETED", 100));

        CommandRun run = run("submit", "--design", "chair", "--camera", "5,3,5", "--wait");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("PROCESSING  30 %  us-east-1", "PROCESSING  60 %  us-east-1", "COMPLETED  100 %");
        assertThat(service.received(JOB)).hasSize(2);
    }

    @Test
    void drawsProgressInOneLineOnATerminalOnly() {
        service.on(JOB, 200, job("PROCESSING", 50, ""), Map.of("Retry-After", "0"))
                .on(JOB, 200, job("COMPLETED", 100, ""));
        String[] command = {"submit", "--design", "chair", "--camera", "5,3,5", "--wait"};

        CommandRun run = CommandRun.of(service.address(), true, Map.of(), command);

        assertThat(run.err()).contains("\r\033[KPROCESSING [############------------]  50 %  us-east-1");
        assertThat(run(command).err()).doesNotContain("\r").doesNotContain("\033");
    }

    @Test
    void printsNothingButJsonIfAskedTo() throws IOException {
        service.on(JOB, 200, job("COMPLETED", 100, ", \"designId\": \"chair\""));

        CommandRun run = run("submit", "--design", "chair", "--camera", "5,3,5", "--wait", "--output", "json");

        assertThat(json.readTree(run.out()).path("jobId").asText()).isEqualTo(ID);
        assertThat(json.readTree(run.out()).path("designId").asText()).isEqualTo("chair");
    }

    @Test
    void exitsWithOneIfTheJobFails() {
        service.on(
                JOB, 200, job("FAILED", 10, ", \"error\": {\"code\": \"render-failed\", \"message\": \"Too large\"}"));

        CommandRun run = run("submit", "--design", "chair", "--camera", "5,3,5", "--wait");

        assertThat(run.exitCode()).isEqualTo(ExitCode.JOB_NOT_COMPLETED);
        assertThat(run.out()).contains("FAILED").contains("Too large (render-failed)");
    }

    @Test
    void exitsWithFiveIfTheJobIsNotOverInTime() {
        service.on(JOB, 200, job("PROCESSING", 10, ""));

        CommandRun run = run("submit", "--design", "chair", "--camera", "5,3,5", "--wait", "--wait-timeout", "PT0.05S");

        assertThat(run.exitCode()).isEqualTo(ExitCode.TIMED_OUT);
        assertThat(run.err()).contains("renderfleet watch " + ID);
    }

    @Test
    void printsTitleDetailAndFieldsOfAProblemWithoutItsControlCharacters() throws IOException {
        try (FakeService refusing = new FakeService()) {
            refusing.on("POST /jobs", 422, """
                    {"title": "Invalid request", "detail": "See errors.\\u001b[2J",
                     "errors": [{"field": "camera.fov", "message": "must be from 1 to 179"}]}""");

            CommandRun run = CommandRun.of(refusing.address(), "submit", "--design", "chair");

            assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("Invalid request (422)", "See errors.", "camera.fov must be from 1 to 179");
            assertThat(run.err()).doesNotContain("\033");
        }
    }

    @Test
    void exitsWithFourIfNothingResponds() throws IOException {
        URI nobody;
        try (FakeService closed = new FakeService()) {
            nobody = closed.address();
        }

        CommandRun run = CommandRun.of(nobody, "submit", "--design", "chair");

        assertThat(run.exitCode()).isEqualTo(ExitCode.NOT_REACHABLE);
        assertThat(run.err()).contains(nobody.toString());
    }

    @Test
    void refusesWrongUseWithTwoAndAMissingFileWithSix() {
        assertThat(run("submit").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("submit", "picture.png").err()).contains(".glb or .gltf");
        assertThat(run("submit", "--design", "chair", "--camera", "5,3").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("submit", "--design", "chair", "--wait-timeout", "soon").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("submit", "missing.glb").exitCode()).isEqualTo(ExitCode.FILE);
        assertThat(service.received("POST /jobs")).isEmpty();
    }
}
