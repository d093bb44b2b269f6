package io.renderfleet.worker.intake;

import static io.renderfleet.worker.intake.LaneRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.worker.LocalFleet;
import io.renderfleet.worker.execution.ScriptedRunner;
import io.renderfleet.worker.execution.TestWorker;
import io.renderfleet.worker.protection.TaskProtection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an intake takes while its region is drained, and while ECS does not protect its task. */
@ExtendWith(LocalFleet.Extension.class)
class ClosedIntakeTests {
    private static final RegionId REGION = new RegionId("us-west-1");
    private static final Duration SHORT_POLL = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final LocalFleet fleet;
    private final LaneRig rig;
    private final ScriptedRunner runner = new ScriptedRunner();
    private final TestWorker worker;
    private @Nullable Intake intake;

    ClosedIntakeTests(LocalFleet fleet) throws Exception {
        this.fleet = fleet;
        this.rig = new LaneRig(fleet, REGION, Lane.HIGH, Lane.LOW);
        this.worker = new TestWorker("worker-a", fleet, rig.queue(Lane.HIGH), runner, Clock.systemUTC());
    }

    private Intake intake(TaskProtection protection) {
        Intake made = rig.part(worker, protection, 2, SHORT_POLL, GRACE).intake();
        intake = made;
        return made;
    }

    @AfterEach
    void stop() {
        fleet.drainedRegions().undrain(REGION);
        if (intake != null && intake.isRunning()) {
            intake.stop();
        }
    }

    @Test
    void aWorkerOfADrainedRegionFinishesRunningJobsAndReceivesAgainAfterwards() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        runner.waitsFor(go, started);
        Intake its = intake(TaskProtection.none());
        its.start();
        List<JobId> running = rig.submit(worker, Lane.HIGH, 1);
        assertThat(started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        try (DrainWatch watch =
                new DrainWatch(fleet.drainedRegions()::get, REGION, new LoopHealth(Clock.systemUTC()))) {
            fleet.drainedRegions().drain(REGION);
            CountDownLatch closed = new CountDownLatch(1);
            watch.start(Duration.ofMillis(100), drained -> {
                its.close(drained);
                closed.countDown();
            });
            assertThat(closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            int receives = rig.receives();
            List<JobId> later = rig.submit(worker, Lane.LOW, 2);
            go.countDown();
            LaneRig.awaitStatus(worker, JobStatus.COMPLETED, running);
            await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> rig.receives() == receives);
            assertThat(runner.runs()).isEqualTo(1);
            assertThat(later).extracting(id -> worker.job(id).attempt()).containsOnly(0);

            fleet.drainedRegions().undrain(REGION);
            LaneRig.awaitStatus(worker, JobStatus.COMPLETED, later);
        }
    }

    @Test
    void aWorkerReceivesNothingWhileTheRunnersHaveNoCapacity() {
        runner.closedUntil(Instant.now().plus(PATIENCE));
        int receives = rig.receives();
        Intake its = intake(TaskProtection.none());
        its.start();
        List<JobId> jobs = rig.submit(worker, Lane.HIGH, 3);
        await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> rig.receives() == receives);
        assertThat(jobs).extracting(id -> worker.job(id).attempt()).containsOnly(0);

        // Earlier than the runners expected.
        runner.closedUntil(null);
        LaneRig.awaitStatus(worker, JobStatus.COMPLETED, jobs);
    }

    @Test
    void hidesTheMessagesOfAnOpenPollWhenTheCapacityEndsAndRunsTheirJobsLater() throws Exception {
        int receives = rig.receives();
        Intake its = intake(TaskProtection.none());
        its.start();
        await().atMost(PATIENCE).until(() -> rig.receives() > receives);
        runner.closedUntil(Instant.now().plus(PATIENCE));
        List<JobId> jobs = rig.submit(worker, Lane.HIGH, 2);
        await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> runner.runs() == 0);
        assertThat(jobs).extracting(id -> worker.job(id).attempt()).containsOnly(0);

        runner.closedUntil(null);
        LaneRig.awaitStatus(worker, JobStatus.COMPLETED, jobs);
    }

    /** Says what a test tells it to, and writes down what was going on when it was asked. */
    private final class Recorded implements TaskProtection {
        private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        private volatile Duration blocked = Duration.ZERO;

        @Override
        public Duration begin() {
            calls.add("begin, runs so far " + runner.runs());
            return blocked;
        }

        @Override
        public void end() {
            calls.add("end");
        }

        @Override
        public void release() {
            calls.add("release");
        }
    }

    @Test
    void noJobIsClaimedBeforeItsTaskIsProtected() {
        Recorded protection = new Recorded();
        Intake its = intake(protection);
        its.start();
        LaneRig.awaitStatus(worker, JobStatus.COMPLETED, rig.submit(worker, Lane.LOW, 1));
        its.stop();
        assertThat(protection.calls).containsExactly("begin, runs so far 0", "end", "release");
    }

    @Test
    void aTaskThatIsToBeReplacedGivesItsMessageBackAtOnceAndReceivesNothingForAWhile() {
        Recorded protection = new Recorded();
        protection.blocked = Duration.ofSeconds(3);
        Intake its = intake(protection);
        its.start();
        List<JobId> jobs = rig.submit(worker, Lane.HIGH, 1);
        await().atMost(PATIENCE).until(() -> protection.calls.size() == 1);
        int receives = rig.receives();
        // Given back at once, so that another worker may have it.
        await().atMost(Duration.ofSeconds(2))
                .until(() -> rig.queue(Lane.HIGH).depth().visible() == 1);
        assertThat(rig.receives()).isEqualTo(receives);
        assertThat(worker.job(jobs.getFirst()).attempt()).isZero();

        protection.blocked = Duration.ZERO;
        LaneRig.awaitStatus(worker, JobStatus.COMPLETED, jobs);
    }
}
