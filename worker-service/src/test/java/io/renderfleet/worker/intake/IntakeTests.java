package io.renderfleet.worker.intake;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueDepth;
import io.renderfleet.region.RegionId;
import io.renderfleet.worker.LocalFleet;
import io.renderfleet.worker.execution.ScriptedRunner;
import io.renderfleet.worker.execution.TestWorker;
import io.renderfleet.worker.execution.WorkerSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The poll loop on real queues, in real time: nothing here waits for longer than it takes. SQS goes on serving a poll
 * that a test leaves open, so each test has a queue of its own.
 */
@ExtendWith(LocalFleet.Extension.class)
class IntakeTests {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration NO_GRACE = Duration.ZERO;
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final RegionId WEST_1 = new RegionId("us-west-1");
    private static final RegionId WEST_2 = new RegionId("us-west-2");

    private final LocalFleet fleet;
    private final ScriptedRunner runner = new ScriptedRunner();
    private @Nullable Part part;

    IntakeTests(LocalFleet fleet) {
        this.fleet = fleet;
    }

    /** An intake on one queue, and the worker behind it. */
    private record Part(JobQueue queue, TestWorker worker, Intake intake) {
        List<JobId> submit(int count) {
            List<JobMessage> messages = IntStream.range(0, count)
                    .mapToObj(i -> worker.submitUnsent(aJob()))
                    .toList();
            assertThat(queue.sendAll(messages)).isEmpty();
            return messages.stream().map(JobMessage::jobId).toList();
        }

        void awaitStatus(JobStatus status, List<JobId> jobs) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(jobs)
                            .extracting(id -> worker.job(id).status())
                            .containsOnly(status));
        }
    }

    private Part part(RegionId region, Lane lane, int slots, Duration grace) throws Exception {
        JobQueue queue = fleet.emptyQueue(region, lane);
        TestWorker worker = new TestWorker("worker-a", fleet, queue, runner, Clock.systemUTC());
        // A short visibility: what a poll that broke off takes with it is soon back.
        WorkerSettings settings = new WorkerSettings(TestWorker.REGION, slots, Duration.ofSeconds(3), grace);
        Part made = new Part(queue, worker, new Intake(queue, worker.execution(), settings));
        part = made;
        return made;
    }

    @AfterEach
    void stopTheIntake() {
        if (part != null && part.intake.isRunning()) {
            part.intake.stop();
        }
    }

    private static void pass(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void runsEverythingWithNeverMoreAtOnceThanSlots() throws Exception {
        Part its = part(WEST_1, Lane.HIGH, 2, NO_GRACE);
        List<JobId> jobs = its.submit(9);
        its.intake.start();
        its.awaitStatus(JobStatus.COMPLETED, jobs);
        assertThat(runner.runs()).isEqualTo(9);
        assertThat(runner.mostAtOnce()).isBetween(1, 2);
    }

    @Test
    void fillsAllSlotsWithOneReceiveAndLeavesTheRestToOthers() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(4);
        runner.waitsFor(go, started);
        Part its = part(WEST_1, Lane.LOW, 4, NO_GRACE);
        List<JobId> jobs = its.submit(6);
        its.intake.start();
        pass(started);
        assertThat(its.intake.busySlots()).isEqualTo(4);
        assertThat(its.queue.depth()).isEqualTo(new QueueDepth(2, 4, 0));
        go.countDown();
        its.awaitStatus(JobStatus.COMPLETED, jobs);
    }

    @Test
    void noSlotIsBusyWhileNothingComes() throws Exception {
        Part its = part(WEST_2, Lane.HIGH, 2, NO_GRACE);
        its.intake.start();
        its.awaitStatus(JobStatus.COMPLETED, its.submit(1));
        await().atMost(PATIENCE).until(() -> its.intake.busySlots() == 0);
    }

    @Test
    void goesOnAfterAJobBrokeItsThread() throws Exception {
        runner.does(run -> {
            throw new StackOverflowError();
        });
        Part its = part(WEST_2, Lane.LOW, 1, NO_GRACE);
        JobId broken = its.worker.submit(aJob().maxAttempts(1));
        its.intake.start();
        its.awaitStatus(JobStatus.FAILED, List.of(broken));
        runner.does(run -> ScriptedRunner.output("done"));
        its.awaitStatus(JobStatus.COMPLETED, its.submit(1));
    }

    @Test
    void goesOnWhenARegionThatWasDownIsBack() throws Exception {
        Part its = part(EAST, Lane.HIGH, 2, NO_GRACE);
        its.intake.start();
        fleet.aws().stopRegion(EAST);
        fleet.aws().startRegion(EAST);
        its.awaitStatus(JobStatus.COMPLETED, its.submit(1));
    }

    @Test
    void startsWhileItsRegionIsDown() throws Exception {
        Part its = part(EAST, Lane.LOW, 2, NO_GRACE);
        fleet.aws().stopRegion(EAST);
        try {
            its.intake.start();
        } finally {
            fleet.aws().startRegion(EAST);
        }
        its.awaitStatus(JobStatus.COMPLETED, its.submit(1));
    }

    @Test
    void handsBackWhatDoesNotFinishInItsGraceAtNoCharge() throws Exception {
        CountDownLatch started = new CountDownLatch(2);
        runner.runsUntilStopped(started);
        Part its = part(EAST, Lane.NORMAL, 2, NO_GRACE);
        List<JobId> jobs = its.submit(2);
        its.intake.start();
        pass(started);
        its.intake.stop();

        assertThat(jobs).extracting(its.worker::job).allSatisfy(job -> {
            assertThat(job.status()).isEqualTo(JobStatus.PENDING);
            assertThat(job.chargedAttempts()).isZero();
            assertThat(job.attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.INTERRUPTED);
        });
        assertThat(its.intake.busySlots()).isZero();
        // All that SQS had to be told was told before the stop returned, and nothing was taken again.
        assertThat(its.queue.depth()).isEqualTo(new QueueDepth(2, 0, 0));
        assertThat(runner.runs()).isEqualTo(2);
    }

    @Test
    void letsWhatRunsFinishInItsGraceAndTakesNothingMore() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        runner.waitsFor(go, started);
        Part its = part(EAST, Lane.NORMAL, 1, PATIENCE);
        JobId id = its.submit(1).getFirst();
        its.intake.start();
        pass(started);
        JobId next = its.submit(1).getFirst();
        Thread stopping = Thread.ofVirtual().start(its.intake::stop);
        await().atMost(PATIENCE).until(() -> !its.intake.isRunning());
        go.countDown();
        assertThat(stopping.join(PATIENCE)).isTrue();

        assertThat(its.worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(its.worker.job(next).status()).isEqualTo(JobStatus.PENDING);
        assertThat(its.queue.depth()).isEqualTo(new QueueDepth(1, 0, 0));
    }
}
