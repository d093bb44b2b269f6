package io.renderfleet.standalone;

import io.renderfleet.client.Job;
import io.renderfleet.client.JobRequest;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.client.RetryPolicy;
import io.renderfleet.localaws.samples.SampleDesign;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Submits one job for each sample design and the first job of the README, and shows their progress and results. */
final class Demo {
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration REFRESH = Duration.ofMillis(200);
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;

    private final RenderfleetClient api;
    private final Path directory;
    private final ProgressDisplay display;
    private final PrintStream out;

    Demo(RenderfleetClient api, Path directory, PrintStream out) {
        this.api = api;
        this.directory = directory;
        this.out = out;
        this.display = ProgressDisplay.on(out);
    }

    /** A job of the demonstration, as it was last read. */
    private static final class Shot {
        final String name;
        Job job;

        Shot(String name, Job job) {
            this.name = name;
            this.job = job;
        }

        boolean isOver() {
            return job.status().isTerminal();
        }

        String line() {
            return "%-14s %-11s %3d %%  %-10s"
                    .formatted(name, job.status(), job.progress(), Objects.requireNonNullElse(job.region(), ""));
        }
    }

    /** Runs the demonstration; returns whether every result is a picture of the requested size. */
    boolean run() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        // Fails with a text that says so when the API does not answer in this time.
        api.with(api.options().withRetries(RetryPolicy.defaults().within(Integer.MAX_VALUE, START)))
                .designs();
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
        return new Shot(name, api.job(api.submit(JobRequest.of(request)).jobId()));
    }

    private void follow(List<Shot> shots) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(DEADLINE);
        while (!shots.stream().allMatch(Shot::isOver) && Instant.now().isBefore(deadline)) {
            TimeUnit.MILLISECONDS.sleep(REFRESH.toMillis());
            for (Shot shot : shots) {
                if (!shot.isOver()) {
                    shot.job = api.job(shot.job.jobId());
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
                    shot.job.jobId(),
                    Objects.requireNonNullElse(shot.job.region(), "-"),
                    seconds(shot.job.createdAt(), shot.job.startedAt()),
                    seconds(shot.job.startedAt(), shot.job.finishedAt()),
                    picture);
        }
        return good;
    }

    /** The file with the picture, or a text that says why there is none. */
    private String picture(Shot shot) throws IOException, InterruptedException {
        if (shot.job.status() != Job.Status.COMPLETED) {
            Job.Failure error = shot.job.error();
            return error == null
                    ? shot.job.status() + " after " + DEADLINE.toMinutes() + " minutes"
                    : shot.job.status() + ": " + error.message();
        }
        Path file = directory.resolve(shot.name + ".png");
        api.download(shot.job.jobId(), file);
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

    private static String seconds(@Nullable Instant from, @Nullable Instant to) {
        return from == null || to == null
                ? "-"
                : "%.2f s".formatted(Duration.between(from, to).toMillis() / 1000.0);
    }
}
