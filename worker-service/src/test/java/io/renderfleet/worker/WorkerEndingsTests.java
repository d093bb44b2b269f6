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
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        // 65 % of 1 GB, as deploy/container/jvm.options says, and the collector that a JVM chooses there.
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx665m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerServiceApplication.class.getName()));
        command.addAll(arguments(directory.resolve("cache")));
        File output = directory.resolve("worker.log").toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            await().atMost(Duration.ofMinutes(5)).until(() -> job(id).status().isTerminal() || !process.isAlive());
            assertThat(job(id).status())
                    .as("%s\n%s", job(id).attempts(), Files.readString(output.toPath()))
                    .isEqualTo(JobStatus.COMPLETED);
            assertThat(job(id).attempts()).hasSize(1);
        } finally {
            process.destroyForcibly();
        }
    }
}
