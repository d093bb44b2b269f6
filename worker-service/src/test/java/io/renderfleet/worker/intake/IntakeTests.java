package io.renderfleet.worker.intake;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.worker.LocalFleet;
import io.renderfleet.worker.execution.ScriptedRunner;
import io.renderfleet.worker.execution.TestWorker;
import io.renderfleet.worker.protection.TaskProtection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final Duration LONG_POLL = Duration.ofSeconds(20);
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
    private record Part(LaneRig rig, Lane lane, LaneRig.Part its) {
        List<JobId> submit(int count) {
            return rig.submit(its.worker(), lane, count);
        }

        void awaitStatus(JobStatus status, List<JobId> jobs) {
            LaneRig.awaitStatus(its.worker(), status, jobs);
        }

        TestWorker worker() {
            return its.worker();
        }

        Intake intake() {
            return its.intake();
        }

        int busySlots() {
            return its.slots().busy();
        }

        QueueDepth depth() {
            return rig.queue(lane).depth();
        }
    }

    private Part part(RegionId region, Lane lane, int slots, Duration grace) throws Exception {
        LaneRig rig = new LaneRig(fleet, region, lane);
        Part made = new Part(rig, lane, rig.part("worker-a", runner, slots, LONG_POLL, grace));
        part = made;
        return made;
    }

    @AfterEach
    void stopTheIntake() {
        if (part != null && part.intake().isRunning()) {
            part.intake().stop();
        }
    }

    private static void pass(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void runsEverythingWithNeverMoreAtOnceThanSlots() throws Exception {
        Part its = part(WEST_1, Lane.HIGH, 2, NO_GRACE);
        List<JobId> jobs = its.submit(9);
        its.intake().start();
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
        its.intake().start();
        pass(started);
        assertThat(its.busySlots()).isEqualTo(4);
        assertThat(its.depth()).isEqualTo(new QueueDepth(2, 4, 0));
        go.countDown();
        its.awaitStatus(JobStatus.COMPLETED, jobs);
    }

    @Test
    void aSlotWhoseThreadCannotStartIsFreeAgainAndItsMessageComesBack() throws Exception {
        LaneRig rig = new LaneRig(fleet, WEST_2, Lane.LOW);
        AtomicInteger failures = new AtomicInteger(2);
        ThreadFactory threads = work -> {
            if (failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return Thread.ofPlatform().unstarted(work);
        };
        TestWorker worker = new TestWorker("worker-a", fleet, rig.queue(Lane.LOW), runner, Clock.systemUTC());
        Part its = new Part(
                rig, Lane.LOW, rig.part(worker, TaskProtection.none(), new Slots(2, threads), LONG_POLL, NO_GRACE));
        part = its;
        List<JobId> jobs = its.submit(4);
        its.intake().start();

        its.awaitStatus(JobStatus.COMPLETED, jobs);

        assertThat(failures).hasNegativeValue();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(its.busySlots()).isZero());
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch bothSlots = new CountDownLatch(2);
        runner.waitsFor(go, bothSlots);
        List<JobId> more = its.submit(2);
        pass(bothSlots);
        go.countDown();
        its.awaitStatus(JobStatus.COMPLETED, more);
    }

    @Test
    void noSlotIsBusyWhileNothingComes() throws Exception {
        Part its = part(WEST_2, Lane.HIGH, 2, NO_GRACE);
        its.intake().start();
        its.awaitStatus(JobStatus.COMPLETED, its.submit(1));
        await().atMost(PATIENCE).until(() -> its.busySlots() == 0);
    }

    @Test
    void goesOnAfterAJobBrokeItsThread() throws Exception {
        runner.does(run -> {
            throw new StackOverflowError();
        });
        Part its = part(WEST_2, Lane.LOW, 1, NO_GRACE);
        JobId broken = its.worker().submit(aJob().maxAttempts(1));
        its.intake().start();
        its.awaitStatus(JobStatus.FAILED, List.of(broken));
        runner.does(run -> ScriptedRunner.output("done"));
        its.awaitStatus(JobStatus.COMPLETED, its.submit(1));
    }

    @Test
    void goesOnWhenARegionThatWasDownIsBack() throws Exception {
        Part its = part(EAST, Lane.HIGH, 2, NO_GRACE);
        its.intake().start();
        fleet.aws().stopRegion(EAST);
        fleet.aws().startRegion(EAST);
        its.awaitStatus(JobStatus.COMPLETED, its.submit(1));
    }

    @Test
    void startsWhileItsRegionIsDown() throws Exception {
        Part its = part(EAST, Lane.LOW, 2, NO_GRACE);
        fleet.aws().stopRegion(EAST);
        try {
            its.intake().start();
        } finally {
            fleet.aws().startRegion(EAST);
        }
        its.awaitStatus(JobStatus.COMPLETED, its.submit(1));
    }

    @Test
    void releasesJobsThatDoNotFinishInTheGracePeriodUncharged() throws Exception {
        CountDownLatch started = new CountDownLatch(2);
        runner.runsUntilStopped(started);
        Part its = part(EAST, Lane.NORMAL, 2, NO_GRACE);
        List<JobId> jobs = its.submit(2);
        its.intake().start();
        pass(started);
        its.intake().stop();

        assertThat(jobs).extracting(its.worker()::job).allSatisfy(job -> {
            assertThat(job.status()).isEqualTo(JobStatus.PENDING);
            assertThat(job.chargedAttempts()).isZero();
            assertThat(job.attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.INTERRUPTED);
        });
        assertThat(its.busySlots()).isZero();
        // All that SQS had to be told was told before the stop returned, and nothing was taken again.
        assertThat(its.depth()).isEqualTo(new QueueDepth(2, 0, 0));
        assertThat(runner.runs()).isEqualTo(2);
    }

    @Test
    void finishesRunningJobsInTheGracePeriodAndTakesNoMore() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        runner.waitsFor(go, started);
        Part its = part(EAST, Lane.NORMAL, 1, PATIENCE);
        JobId id = its.submit(1).getFirst();
        its.intake().start();
        pass(started);
        JobId next = its.submit(1).getFirst();
        Thread stopping = Thread.ofVirtual().start(its.intake()::stop);
        await().atMost(PATIENCE).until(() -> !its.intake().isRunning());
        go.countDown();
        assertThat(stopping.join(PATIENCE)).isTrue();

        assertThat(its.worker().job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(its.worker().job(next).status()).isEqualTo(JobStatus.PENDING);
        assertThat(its.depth()).isEqualTo(new QueueDepth(1, 0, 0));
    }

    @Test
    void receivesNothingWhileTheJobStoreIsAway() throws Exception {
        LaneRig rig = new LaneRig(fleet, WEST_2, Lane.NORMAL);
        TestWorker healthy = new TestWorker("worker-b", fleet, rig.queue(Lane.NORMAL), runner, Clock.systemUTC());
        List<JobId> jobs = rig.submit(healthy, Lane.NORMAL, 6);
        try (var closed = fleet.unreachableDynamoDb()) {
            TestWorker cutOff = new TestWorker(
                    "worker-a",
                    fleet,
                    fleet.jobs(closed, Clock.systemUTC()),
                    rig.queue(Lane.NORMAL),
                    runner,
                    Clock.systemUTC());
            int before = rig.receives();
            LaneRig.Part its = rig.part(cutOff, 2, LONG_POLL, NO_GRACE);
            its.intake().start();
            await().atMost(PATIENCE).until(() -> cutOff.counted("renderfleet.worker.claims", "failed") >= 2);
            int failing = rig.receives();
            assertThat(failing - before).isLessThanOrEqualTo(3);
            // The shortest pause is two seconds.
            await().during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(2))
                    .until(() -> rig.receives() <= failing + 1);
            its.intake().stop();
        }
        assertThat(runner.runs()).isZero();
        LaneRig.Part back = rig.part(healthy, 2, LONG_POLL, NO_GRACE);
        back.intake().start();
        LaneRig.awaitStatus(healthy, JobStatus.COMPLETED, jobs);
        back.intake().stop();
    }
}
