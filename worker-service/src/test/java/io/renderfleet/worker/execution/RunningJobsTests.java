package io.renderfleet.worker.execution;

import static io.renderfleet.testing.JobBuilder.aJob;
import static io.renderfleet.worker.execution.TestWorker.LEASE;
import static io.renderfleet.worker.execution.TestWorker.REGION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.Job.Lease;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.WorkerId;
import io.renderfleet.jobtype.AttemptException.DeferredException;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobAttempt;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.Lane;
import io.renderfleet.testing.MutableClock;
import io.renderfleet.worker.LocalFleet;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a heartbeat and a look at the limits do to a job in the middle of its run; the run itself calls them. */
@ExtendWith(LocalFleet.Extension.class)
class RunningJobsTests {
    private static final QueueDepth EMPTY = new QueueDepth(0, 0, 0);
    private static final QueueDepth HIDDEN = new QueueDepth(0, 1, 0);
    private static final QueueDepth VISIBLE = new QueueDepth(1, 0, 0);

    private final LocalFleet fleet;
    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00.000Z"));
    private final ScriptedRunner runner = new ScriptedRunner();
    private final JobQueue queue;
    private final TestWorker worker;

    RunningJobsTests(LocalFleet fleet) throws Exception {
        this.fleet = fleet;
        this.queue = fleet.emptyQueue(REGION, Lane.NORMAL);
        this.worker = new TestWorker("worker-a", fleet, queue, runner, clock);
    }

    private void heartbeat() throws IOException {
        try {
            worker.execution().running().heartbeat(Duration.ZERO).get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException("the heartbeat did not end", e);
        }
    }

    private static JobOutput stoppedOr(JobAttempt run) {
        if (run.isStopped()) {
            throw new StoppedException();
        }
        return ScriptedRunner.output("done");
    }

    @Test
    void aHeartbeatRenewsTheLeaseAndTellsTheProgress() throws Exception {
        JobId id = worker.submit();
        runner.does(run -> {
            clock.advance(Duration.ofSeconds(20));
            run.progress(0.427);
            heartbeat();
            Job job = worker.job(id);
            assertThat(job.progress()).isEqualTo(42);
            assertThat(job.lease())
                    .isEqualTo(
                            new Lease(new WorkerId("worker-a"), clock.instant().plus(LEASE)));
            // Longer than the first lease in all, so without the renewal it would be lost.
            clock.advance(Duration.ofSeconds(20));
            worker.execution().running().enforceTimeouts();
            return stoppedOr(run);
        });
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(queue.depth()).isEqualTo(EMPTY);
    }

    @Test
    void theNextAttemptGetsWhatThisOneKept() throws Exception {
        JobId id = worker.submit();
        runner.does(run -> {
            assertThat(run.kept()).isEmpty();
            run.keep("half of the work");
            heartbeat();
            assertThat(worker.job(id).kept()).isEqualTo("half of the work");
            run.keep("more of the work");
            throw new DeferredException("no capacity", clock.instant());
        });
        worker.executeNext();
        assertThat(worker.job(id).kept()).isEqualTo("more of the work");

        runner.does(run -> {
            assertThat(run.kept()).contains("more of the work");
            assertThatIllegalArgumentException().isThrownBy(() -> run.keep("x".repeat(JobAttempt.MAX_KEPT_BYTES + 1)));
            return ScriptedRunner.output("done");
        });
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(worker.job(id).kept()).isNull();
    }

    @Test
    void progressIsNeverCompleteBeforeTheJobIs() throws Exception {
        JobId id = worker.submit();
        runner.does(run -> {
            run.progress(1);
            heartbeat();
            assertThat(worker.job(id).progress()).isEqualTo(99);
            run.progress(Double.NaN);
            heartbeat();
            assertThat(worker.job(id).progress()).isZero();
            return ScriptedRunner.output("done");
        });
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(worker.job(id).progress()).isEqualTo(100);
    }

    @Test
    void aHeartbeatExtendsTheVisibilityOfTheMessage() throws Exception {
        worker.submit();
        var delivery = worker.receive();
        runner.does(run -> {
            queue.extend(delivery, Duration.ZERO).join();
            assertThat(queue.depth()).isEqualTo(VISIBLE);
            heartbeat();
            try {
                worker.execution().awaitAcknowledgements(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            assertThat(queue.depth()).isEqualTo(HIDDEN);
            return ScriptedRunner.output("done");
        });
        worker.execute(delivery);
        assertThat(runner.runs()).isEqualTo(1);
        assertThat(queue.depth()).isEqualTo(EMPTY);
    }

    @Test
    void stopsAJobThatRunsForLongerThanItMay() throws Exception {
        JobId id = worker.submit(aJob().timeout(Duration.ofSeconds(10)).maxAttempts(2));
        runner.does(run -> {
            clock.advance(Duration.ofSeconds(10));
            worker.execution().running().enforceTimeouts();
            assertThat(run.isStopped()).isFalse();
            clock.advance(Duration.ofMillis(1));
            worker.execution().running().enforceTimeouts();
            return stoppedOr(run);
        });
        worker.executeNext();

        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.chargedAttempts()).isEqualTo(1);
        assertThat(job.attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.ERRORED);

        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.FAILED);
        assertThat(worker.job(id).error()).isNotNull().satisfies(error -> {
            assertThat(error.code()).isEqualTo("timed-out");
            assertThat(error.message()).contains("PT10S");
        });
        assertThat(queue.depth()).isEqualTo(EMPTY);
    }

    @Test
    void aCancelledJobStopsAndIsCancelled() throws Exception {
        JobId id = worker.submit();
        runner.does(run -> {
            fleet.requestCancel(id);
            heartbeat();
            return stoppedOr(run);
        });
        worker.executeNext();
        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(job.chargedAttempts()).isZero();
        assertThat(queue.depth()).isEqualTo(EMPTY);
        assertThat(worker.counted("renderfleet.worker.attempts", "cancelled")).isEqualTo(1);
    }

    @Test
    void aJobThatBecameAnothersStopsAndLeavesItsMessage() throws Exception {
        JobId id = worker.submit();
        runner.does(run -> {
            clock.advance(LEASE.plusSeconds(1));
            fleet.jobs(clock).claim(id, 1, REGION, new WorkerId("worker-b"), LEASE);
            heartbeat();
            return stoppedOr(run);
        });
        worker.executeNext();
        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.PROCESSING);
        assertThat(job.attempt()).isEqualTo(2);
        assertThat(job.lease()).isNotNull().extracting(Lease::owner).isEqualTo(new WorkerId("worker-b"));
        assertThat(queue.depth()).isEqualTo(HIDDEN);
        assertThat(worker.counted("renderfleet.worker.attempts", "discarded")).isEqualTo(1);
    }

    @Test
    void aJobWhoseLeaseCouldNotBeRenewedStopsByItself() throws Exception {
        JobId id = worker.submit();
        runner.does(run -> {
            clock.advance(LEASE);
            worker.execution().running().enforceTimeouts();
            assertThat(run.isStopped()).isFalse();
            clock.advance(Duration.ofMillis(1));
            worker.execution().running().enforceTimeouts();
            return stoppedOr(run);
        });
        worker.executeNext();
        // Nobody has taken it over yet: it waits for its message, at no charge.
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.PROCESSING);
        assertThat(worker.job(id).chargedAttempts()).isZero();
        assertThat(queue.depth()).isEqualTo(HIDDEN);
    }

    @Test
    void anInterruptedJobGoesBackAtOnceAtNoCharge() throws Exception {
        JobId id = worker.submit();
        runner.does(run -> {
            worker.execution().interruptAll();
            return stoppedOr(run);
        });
        worker.executeNext();
        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.chargedAttempts()).isZero();
        assertThat(job.attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.INTERRUPTED);
        assertThat(queue.depth()).isEqualTo(VISIBLE);
    }

    @Test
    void anErrorDuringAStopIsNotCharged() throws Exception {
        JobId id = worker.submit();
        runner.does(run -> {
            worker.execution().interruptAll();
            throw new IOException("a stream was closed under the reader");
        });
        worker.executeNext();
        Job job = worker.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.PENDING);
        assertThat(job.chargedAttempts()).isZero();
        assertThat(job.attempts())
                .extracting(Attempt::error)
                .extracting(JobError::code)
                .containsExactly("interrupted");
    }

    @Test
    void sqsHearsOfAReleaseAfterTheHeartbeatsBeforeIt() throws Exception {
        JobId id = worker.submit();
        runner.does(run -> {
            worker.execution().interruptAll();
            heartbeat();
            return stoppedOr(run);
        });
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.PENDING);
        assertThat(queue.depth()).isEqualTo(VISIBLE);
    }

    @Test
    void aLeaseThatIsStillFreshIsNotRenewed() throws Exception {
        JobId id = worker.submit();
        runner.does(run -> {
            Lease taken = worker.job(id).lease();
            clock.advance(Duration.ofSeconds(5));
            worker.execution().running().heartbeat(Duration.ofSeconds(10)).join();
            assertThat(worker.job(id).lease()).isEqualTo(taken);
            clock.advance(Duration.ofSeconds(5));
            worker.execution().running().heartbeat(Duration.ofSeconds(10)).join();
            assertThat(worker.job(id).lease()).isNotEqualTo(taken);
            return ScriptedRunner.output("done");
        });
        worker.executeNext();
        assertThat(worker.job(id).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void aHeartbeatOfNothingIsDone() {
        assertThat(worker.execution().running().heartbeat(Duration.ZERO)).isCompleted();
    }
}
