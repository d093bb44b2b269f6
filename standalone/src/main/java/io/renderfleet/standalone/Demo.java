package io.renderfleet.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.localaws.samples.SampleDesign;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;

/** Submits a job for every sample design and one as a user would first write it, and shows what becomes of them. */
final class Demo {
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration REFRESH = Duration.ofMillis(200);
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;

    private final ApiClient api;
    private final Path directory;
    private final ProgressDisplay display;
    private final PrintStream out;

    Demo(URI api, Path directory, PrintStream out) {
        this.api = new ApiClient(api);
        this.directory = directory;
        this.out = out;
        this.display = ProgressDisplay.on(out);
    }

    /** A job of the demonstration, and what is known of it. */
    private static final class Shot {
        final String name;
        final String jobId;
        JsonNode job;

        Shot(String name, String jobId, JsonNode job) {
            this.name = name;
            this.jobId = jobId;
            this.job = job;
        }

        String status() {
            return job.path("status").asText();
        }

        boolean isOver() {
            return List.of("COMPLETED", "FAILED", "CANCELLED").contains(status());
        }

        String line() {
            return "%-14s %-11s %3d %%  %-10s"
                    .formatted(
                            name,
                            status(),
                            job.path("progress").asInt(),
                            job.path("region").asText(""));
        }
    }

    /** Runs it; whether every picture is there and is a picture of the size asked for. */
    boolean run() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        api.awaitReady(START);
        List<Shot> shots = new ArrayList<>();
        for (SampleDesign design : SampleDesigns.all()) {
            shots.add(submit(
                    design.id(),
                    Map.of(
                            "designId",
                            design.id(),
                            "userId",
                            "demo",
                            "camera",
                            design.view(),
                            "environment",
                            design.environment())));
        }
        shots.add(submit(
                "first-request",
                Map.of(
                        "designId",
                        "test-design-1",
                        "userId",
                        "user-1",
                        "camera",
                        Map.of(
                                "position", Map.of("x", 5, "y", 3, "z", 5),
                                "target", Map.of("x", 0, "y", 0, "z", 0),
                                "up", Map.of("x", 0, "y", 1, "z", 0),
                                "fov", 45))));
        follow(shots);
        return report(shots);
    }

    private Shot submit(String name, Map<String, Object> request) throws IOException, InterruptedException {
        String jobId = api.submit(request);
        return new Shot(name, jobId, api.job(jobId));
    }

    private void follow(List<Shot> shots) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(DEADLINE);
        while (!shots.stream().allMatch(Shot::isOver) && Instant.now().isBefore(deadline)) {
            TimeUnit.MILLISECONDS.sleep(REFRESH.toMillis());
            for (Shot shot : shots) {
                if (!shot.isOver()) {
                    shot.job = api.job(shot.jobId);
                }
            }
            display.show(shots.stream().map(Shot::line).toList());
        }
    }

    private boolean report(List<Shot> shots) throws IOException, InterruptedException {
        out.printf("%n%-14s %-36s %-10s %8s %8s  %s%n", "job", "id", "region", "waited", "ran", "picture");
        boolean good = true;
        for (Shot shot : shots) {
            String picture = picture(shot);
            good &= picture.startsWith(directory.toString());
            out.printf(
                    "%-14s %-36s %-10s %8s %8s  %s%n",
                    shot.name,
                    shot.jobId,
                    shot.job.path("region").asText("-"),
                    seconds(shot.job, "createdAt", "startedAt"),
                    seconds(shot.job, "startedAt", "finishedAt"),
                    picture);
        }
        return good;
    }

    /** The file with the shot's picture, or why there is none. */
    private String picture(Shot shot) throws IOException, InterruptedException {
        if (!shot.status().equals("COMPLETED")) {
            JsonNode error = shot.job.path("error");
            return error.isObject()
                    ? shot.status() + ": " + error.path("message").asText()
                    : shot.status() + " after " + DEADLINE.toMinutes() + " minutes";
        }
        Path file = directory.resolve(shot.name + ".png");
        api.download(URI.create(shot.job.path("resultUrl").asText()), file);
        BufferedImage image = ImageIO.read(file.toFile());
        if (image == null) {
            return "not a picture: " + file;
        }
        if (image.getWidth() != WIDTH || image.getHeight() != HEIGHT) {
            return "%d x %d, not %d x %d: %s".formatted(image.getWidth(), image.getHeight(), WIDTH, HEIGHT, file);
        }
        return isUniform(image) ? "all of one colour: " + file : file.toString();
    }

    private static boolean isUniform(BufferedImage image) {
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        for (int pixel : pixels) {
            if (pixel != pixels[0]) {
                return false;
            }
        }
        return true;
    }

    private static String seconds(JsonNode job, String from, String to) {
        return job.hasNonNull(from) && job.hasNonNull(to)
                ? "%.2f s"
                        .formatted(Duration.between(
                                                Instant.parse(job.path(from).asText()),
                                                Instant.parse(job.path(to).asText()))
                                        .toMillis()
                                / 1000.0)
                : "-";
    }
}
