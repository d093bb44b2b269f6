package io.renderfleet.worker.execution;

import static io.renderfleet.testing.JobBuilder.aJob;
import static io.renderfleet.worker.execution.TestWorker.REGION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.blob.StoredFile;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.Job.Lease;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.jobtype.AttemptException.DeferredException;
import io.renderfleet.jobtype.AttemptException.ThrottledException;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.jobtype.JobRunner.MemoryNeed;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.Lane;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.testing.MutableClock;
import io.renderfleet.worker.LocalFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of an attempt whose runner does not do what it is told. */
@ExtendWith(LocalFleet.Extension.class)
class HardStopTests {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final QueueDepth EMPTY = new QueueDepth(0, 0, 0);

    private final LocalFleet fleet;
    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00.000Z"));
    private final ScriptedRunner runner = new ScriptedRunner();
    private final JobQueue queue;
    private final TestWorker worker;
    /** Leaves an attempt behind after four seconds instead of ten, as its lease is shorter. */
    private final TestWorker impatient;

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    HardStopTests(LocalFleet fleet) throws Exception {
        this.fleet = fleet;
        this.queue = fleet.emptyQueue(REGION, Lane.NORMAL);
        this.worker = new TestWorker("worker-a", fleet, queue, runner, clock);
        this.impatient =
                new TestWorker("worker-b", fleet, fleet.jobs(clock), queue, runner, clock, Duration.ofSeconds(12));
    }

    /** A run on a thread of its own, as a slot has one. */
    private CompletableFuture<Void> begin() throws Exception {
        return begin(worker);
    }

    private CompletableFuture<Void> begin(TestWorker worker) throws Exception {
        CompletableFuture<Void> over = worker.receiveAndExecute();
        assertThat(started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return over;
    }

    private void passDeadline() {
        passDeadline(worker);
    }

    private void passDeadline(TestWorker worker) {
        clock.advance(Duration.ofSeconds(11));
        worker.execution().running().enforceTimeouts();
    }

    @Test
    void leavesARunnerBehindThatIgnoresEverything() throws Exception {
        JobId id = impatient.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(1));
        runner.does(attempt -> {
            started.countDown();
            while (true) {
                try {
                    release.await();
                    return ScriptedRunner.output("far too late");
                } catch (InterruptedException e) {
                    // Ignored, as everything is.
                }
            }
        });
        CompletableFuture<Void> over = begin(impatient);
        passDeadline(impatient);
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        Job job = impatient.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.error()).isNotNull().extracting(JobError::code).isEqualTo("timed-out");
        assertThat(queue.depth()).isEqualTo(EMPTY);
        assertThat(impatient.execution().leftBehind(JobBuilder.POOL)).isEqualTo(1);

        release.countDown();
        await().atMost(PATIENCE).until(() -> impatient.execution().leftBehind(JobBuilder.POOL) == 0);
        assertThat(impatient.job(id)).isEqualTo(job);
    }

    @Test
    void doesNotRenewTheLeaseOfAnAttemptPastItsDeadline() throws Exception {
        JobId id = worker.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(1));
        runner.waitsFor(release, started);
        CompletableFuture<Void> over = begin();
        passDeadline();
        Lease before = worker.job(id).lease();
        worker.execution().running().heartbeat(Duration.ZERO).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(worker.job(id).lease()).isNotNull().isEqualTo(before);
        release.countDown();
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void interruptsARunnerThatDoesNotAskWhetherToStop() throws Exception {
        JobId id = impatient.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(1));
        runner.waitsFor(release, started);
        CompletableFuture<Void> over = begin(impatient);
        passDeadline(impatient);
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(impatient.job(id).error())
                .isNotNull()
                .extracting(JobError::code)
                .isEqualTo("timed-out");
        assertThat(impatient.execution().leftBehind(JobBuilder.POOL)).isZero();
    }

    @Test
    void runsTheHooksOfAnAttemptThatIsToStop() throws Exception {
        JobId id = worker.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(1));
        runner.does(attempt -> {
            attempt.onStop(release::countDown);
            started.countDown();
            release.await();
            return ScriptedRunner.output("stopped by its hook");
        });
        CompletableFuture<Void> over = begin();
        long told = System.nanoTime();
        passDeadline();
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(Duration.ofSeconds(4));
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void stopsACancelledJobWithoutWaitingForItsLease() throws Exception {
        JobId id = worker.submit();
        runner.does(attempt -> {
            attempt.onStop(release::countDown);
            started.countDown();
            release.await();
            return ScriptedRunner.output("stopped by its hook");
        });
        CompletableFuture<Void> over = begin();
        worker.execution().running().stopCancelled();
        fleet.requestCancel(id);
        clock.advance(RunningJobs.CANCEL_CHECK.plusMillis(1));
        worker.execution().running().stopCancelled();
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(worker.job(id).status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void tellsTheProgressSoonAtFirstAndThenLessAndLessOften() throws Exception {
        JobId id = worker.submit();
        runner.waitsFor(release, started);
        CompletableFuture<Void> over = begin();
        RunningJob running = worker.execution().running().all().iterator().next();
        int reports = 0;
        for (int second = 0; second < 30; second++) {
            running.progress((second + 1) / 100.0);
            if (running.isProgressDue(clock.instant(), Duration.ofSeconds(10))) {
                reports++;
                running.report(fleet.jobs(clock));
                assertThat(worker.job(id).progress()).isEqualTo(second + 1);
            }
            clock.advance(Duration.ofSeconds(1));
        }
        // After 1, 2, 4 and 8 seconds; then the lease is renewed every 10.
        assertThat(reports).isEqualTo(4);
        release.countDown();
        over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void failsAJobThatCanNeverFitIntoTheMemory() throws Exception {
        JobId id = worker.submit();
        runner.needs(new MemoryNeed(TestWorker.MEMORY.toBytes() + 1, "Ask for fewer pixels."));
        worker.executeNext();

        assertThat(runner.runs()).isZero();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.FAILED);
        assertThat(worker.job(id).error()).isNotNull().satisfies(error -> {
            assertThat(error.code()).isEqualTo("too-large");
            assertThat(error.message()).contains("105 MB").endsWith("Ask for fewer pixels.");
        });
    }

    @Test
    void startsAJobOnceThereIsRoomForIt() throws Exception {
        runner.needs(new MemoryNeed(TestWorker.MEMORY.toBytes() * 6 / 10, ""));
        runner.waitsFor(release, started);
        JobId first = worker.submit();
        CompletableFuture<Void> firstOver = begin();
        JobId second = worker.submit();
        CompletableFuture<Void> secondOver = begin();
        await().atMost(PATIENCE).until(() -> worker.job(second).status() == JobStatus.PROCESSING);
        assertThat(runner.mostAtOnce()).isEqualTo(1);

        release.countDown();
        firstOver.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        secondOver.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(worker.job(first).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(worker.job(second).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(runner.mostAtOnce()).isEqualTo(1);
    }

    @Test
    void defersAJobWithoutHidingItsMessage() throws Exception {
        JobId id = worker.submit(aJob().maxAttempts(1));
        runner.does(attempt -> {
            throw new DeferredException("all keys are busy", clock.instant().plus(Duration.ofMinutes(3)));
        });
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.chargedAttempts()).isZero();
        assertThat(job.attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.INTERRUPTED);
        // Delayed, and so neither in flight nor visible.
        assertThat(queue.depth()).isEqualTo(new QueueDepth(0, 0, 1));
    }

    @Test
    void waitsAtLeastAsLongAsAThrottledRunnerAsks() throws Exception {
        JobId id = worker.submit(aJob().maxAttempts(1));
        runner.does(attempt -> {
            throw new ThrottledException("slow down", Duration.ofMinutes(2));
        });
        worker.executeNext();

        assertThat(worker.job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(worker.job(id).chargedAttempts()).isZero();
        assertThat(queue.depth()).isEqualTo(new QueueDepth(0, 1, 0));
    }

    @Test
    @SuppressWarnings("NullAway") // What a careless runner does.
    void chargesARunnerThatReturnsNothing() throws Exception {
        JobId id = worker.submit(aJob().maxAttempts(1));
        runner.does(attempt -> null);
        worker.executeNext();

        assertThat(worker.job(id).status()).isEqualTo(JobStatus.FAILED);
        assertThat(worker.job(id).error())
                .isNotNull()
                .extracting(JobError::code)
                .isEqualTo("internal-error");
    }

    @Test
    void storesALargeResultInPartsAndDeletesItsDirectory() throws Exception {
        JobId id = worker.submit();
        CompletableFuture<Path> directory = new CompletableFuture<>();
        byte[] part = new byte[1 << 20];
        runner.does(attempt -> {
            directory.complete(attempt.scratch());
            Path file = attempt.scratch().resolve("large.bin");
            try (var out = Files.newOutputStream(file)) {
                for (int i = 0; i < 20; i++) {
                    part[0] = (byte) i;
                    out.write(part);
                }
            }
            return new JobOutput(file, "bin", "application/octet-stream");
        });
        worker.executeNext();

        assertThat(worker.job(id).result())
                .isNotNull()
                .satisfies(result -> assertThat(result.bytes()).isEqualTo(20L << 20));
        StoredFile file = fleet.results().locate(worker.job(id));
        byte[] stored = fleet.s3(REGION)
                .getObjectAsBytes(request -> request.bucket(file.bucket()).key(file.key()))
                .asByteArray();
        assertThat(stored).hasSize(20 << 20);
        assertThat(stored[9 << 20]).isEqualTo((byte) 9);
        assertThat(stored[19 << 20]).isEqualTo((byte) 19);
        assertThat(directory.get()).doesNotExist();
    }
}
