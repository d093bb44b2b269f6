package io.renderfleet.worker;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.NewJob;
import io.renderfleet.localaws.samples.SampleDesigns;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.worker.protection.FakeAgent;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a worker ends what would go on for hours: a cancelled render, one out of time, and its own process. */
@ExtendWith(LocalFleet.Extension.class)
class WorkerEndingsTests {
    private static final Logger log = LoggerFactory.getLogger(WorkerEndingsTests.class);
    private static final RegionId REGION = new RegionId("us-west-2");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LocalFleet fleet;
    private final JobStore jobs;
    private final JobQueue queue;

    WorkerEndingsTests(LocalFleet fleet) throws Exception {
        this.fleet = fleet;
        this.jobs = fleet.jobs(Clock.systemUTC());
        this.queue = fleet.emptyQueue(REGION, Lane.NORMAL);
    }

    /** A picture that would take hours. */
    private JobId submitEndless(JobBuilder builder) {
        String design = fleet.storeDesign(SampleDesigns.named("furnished-room").glb());
        return submit(builder.render("furnished-room", design, 4096, 4096, 4096));
    }

    /** The largest picture there is. It shows only the background. */
    private static String largestPayload(String digest) {
        return """
                {"designId":"tiny-cube","designDigest":"%s",
                 "camera":{"position":{"x":0.0,"y":1.0,"z":3.5},"target":{"x":0.0,"y":1.0,"z":7.0},
                 "up":{"x":0.0,"y":1.0,"z":0.0},"fov":40.0},
                 "output":{"width":4096,"height":4096,"samplesPerPixel":1,"format":"png"}}""".formatted(digest);
    }

    private JobId submit(JobBuilder builder) {
        NewJob job = builder.build();
        jobs.submit(job);
        jobs.route(job.id(), 0, REGION);
        assertThat(queue.sendAll(List.of(
                        new JobMessage(job.id(), job.userId(), JobBuilder.POOL, Lane.NORMAL, 1, List.of(), null))))
                .isEmpty();
        return job.id();
    }

    private Job job(JobId id) {
        return jobs.find(id).orElseThrow();
    }

    private void awaitStatus(JobId id, JobStatus status) {
        await().atMost(PATIENCE).until(() -> job(id).status() == status);
    }

    private List<String> arguments(Path cache) {
        List<String> arguments = new ArrayList<>();
        fleet.aws().serviceProperties().forEach((name, value) -> arguments.add("--" + name + "=" + value));
        arguments.add("--server.port=0");
        arguments.add("--renderfleet.worker.region=" + REGION);
        arguments.add("--renderfleet.worker.lanes=normal");
        arguments.add("--renderfleet.worker.slots=1");
        // The shortest there is: a heartbeat a second.
        arguments.add("--renderfleet.worker.lease=3s");
        arguments.add("--renderfleet.worker.intake.long-poll=1s");
        arguments.add("--renderfleet.worker.grace=2s");
        arguments.add("--renderfleet.render.design-cache=" + cache);
        return arguments;
    }

    @Test
    void aRenderThatIsCancelledOrOutOfTimeStopsAtTheNextHeartbeat(@TempDir Path cache) {
        var application = WorkerServiceApplication.create();
        application.setRegisterShutdownHook(false);
        try (var service = application.run(arguments(cache).toArray(String[]::new))) {
            assertThat(service.isRunning()).isTrue();
            JobId cancelled = submitEndless(aJob());
            awaitStatus(cancelled, JobStatus.PROCESSING);
            long asked = System.nanoTime();
            fleet.requestCancel(cancelled);
            awaitStatus(cancelled, JobStatus.CANCELLED);
            log.info(
                    "MEASURED from the wish to cancel to CANCELLED: {} ms, with a heartbeat a second",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked));
            await().atMost(PATIENCE).until(() -> queue.depth().total() == 0);

            JobId slow = submitEndless(aJob().timeout(Duration.ofSeconds(2)).maxAttempts(1));
            awaitStatus(slow, JobStatus.FAILED);
            assertThat(job(slow).chargedAttempts()).isEqualTo(1);
            assertThat(job(slow).error()).isNotNull().extracting(JobError::code).isEqualTo("timed-out");
            await().atMost(PATIENCE).until(() -> queue.depth().total() == 0);
        }
    }

    @Test
    void aProcessThatIsTerminatedHandsItsWorkBackReleasesItsTaskAndEnds(@TempDir Path directory) throws Exception {
        JobId id = submitEndless(aJob());
        try (FakeAgent agent = new FakeAgent()) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx1g",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    WorkerServiceApplication.class.getName()));
            command.addAll(arguments(directory.resolve("cache")));
            File output = directory.resolve("worker.log").toFile();
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
            builder.environment().put("ECS_AGENT_URI", agent.uri());
            Process process = builder.start();
            try {
                await().atMost(PATIENCE.multipliedBy(2)).until(() -> job(id).status() == JobStatus.PROCESSING);
                assertThat(agent.requests()).hasSize(1);
                long told = System.nanoTime();
                process.destroy();
                assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                Duration took = Duration.ofNanos(System.nanoTime() - told);
                log.info("MEASURED from SIGTERM to the end of the process: {}, grace 2 s", took);
                assertThat(took).isLessThan(Duration.ofSeconds(30));
            } finally {
                process.destroyForcibly();
            }
            assertThat(Files.readString(output.toPath())).contains("Releasing 1 jobs");
            assertThat(agent.requests()).hasSize(2).last().asString().contains("false");
        }
        assertThat(job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(job(id).chargedAttempts()).isZero();
        assertThat(job(id).attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.INTERRUPTED);
        assertThat(queue.depth()).isEqualTo(new QueueDepth(1, 0, 0));
    }

    /**
     * The memory for a picture depends neither on its samples nor on what it shows, so there is one sample, and the
     * camera looks away from the design.
     */
    @Test
    void aWorkerWithTheHeapOfTheSmallestContainerFinishesTheLargestRender(@TempDir Path directory) throws Exception {
        String design = fleet.storeDesign(SampleDesigns.named("tiny-cube").glb());
        JobId id = submit(aJob().payload(new JobPayload(largestPayload(design), 1)));
        try (SmallWorker worker = new SmallWorker(directory, 1)) {
            assertThat(worker.ended(id).status())
                    .as("%s\n%s", job(id).attempts(), worker.output())
                    .isEqualTo(JobStatus.COMPLETED);
            assertThat(job(id).attempts()).hasSize(1);
        }
    }

    /** Files that the API would refuse, as if it had not noticed. */
    @Test
    void aWorkerWithTheHeapOfTheSmallestContainerFailsHostileDesignsAndFinishesOtherJobs(@TempDir Path directory)
            throws Exception {
        String room = fleet.storeDesign(SampleDesigns.named("furnished-room").glb());
        JobId honest = submit(aJob().render("furnished-room", room, 320, 240, 16));
        List<JobId> hostile = new ArrayList<>();
        for (byte[] file : List.of(hugePictures(), verticesWithoutData())) {
            hostile.add(submit(aJob().render("hostile", fleet.storeDesign(file), 64, 64, 1)));
        }
        try (SmallWorker worker = new SmallWorker(directory, 2)) {
            for (JobId id : hostile) {
                assertThat(worker.ended(id).status()).as(worker.output()).isEqualTo(JobStatus.FAILED);
                assertThat(job(id).attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.REJECTED);
            }
            assertThat(worker.ended(honest).status()).as(worker.output()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job(honest).attempts()).hasSize(1);
        }
    }

    /** Six pictures of 64 million pixels each, which are 400 KB as files and 1.5 GB when they are decoded. */
    private static byte[] hugePictures() throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(8000, 8000, BufferedImage.TYPE_BYTE_BINARY), "png", png);
        String picture = "{\"mimeType\":\"image/png\",\"uri\":\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(png.toByteArray()) + "\"}";
        String images = String.join(",", Collections.nCopies(6, picture));
        String textures =
                IntStream.range(0, 6).mapToObj("{\"source\":%d}"::formatted).collect(Collectors.joining(","));
        String materials = IntStream.range(0, 6)
                .mapToObj("{\"pbrMetallicRoughness\":{\"baseColorTexture\":{\"index\":%d}}}"::formatted)
                .collect(Collectors.joining(","));
        return gltf(
                "{\"bufferView\":0,\"componentType\":5126,\"count\":3,\"type\":\"VEC3\",\"min\":[0,0,0],\"max\":[1,1,0]}",
                ",\"images\":[" + images + "],\"textures\":[" + textures + "],\"materials\":[" + materials + "]");
    }

    private static byte[] verticesWithoutData() {
        return gltf(
                "{\"componentType\":5126,\"count\":66000000,\"type\":\"VEC3\",\"min\":[0,0,0],\"max\":[0,0,0]}", "");
    }

    private static byte[] gltf(String positions, String more) {
        return """
                {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
                "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],"accessors":[%s],
                "bufferViews":[{"buffer":0,"byteLength":36}],"buffers":[{"byteLength":36,
                "uri":"data:application/octet-stream;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA"}]%s}""".formatted(positions, more).getBytes(StandardCharsets.UTF_8);
    }

    /** A worker process with 65 % of 1 GB, as deploy/container says, and the collector that a JVM chooses there. */
    private final class SmallWorker implements AutoCloseable {
        private final Path log;
        private final Process process;

        SmallWorker(Path directory, int slots) throws IOException {
            log = directory.resolve("worker.log");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx665m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    WorkerServiceApplication.class.getName()));
            command.addAll(arguments(directory.resolve("cache")));
            command.replaceAll(argument -> argument.startsWith("--renderfleet.worker.slots=")
                    ? "--renderfleet.worker.slots=" + slots
                    : argument);
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        }

        Job ended(JobId id) {
            await().atMost(Duration.ofMinutes(5)).until(() -> job(id).status().isTerminal() || !process.isAlive());
            return job(id);
        }

        String output() throws IOException {
            return Files.readString(log);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
