package io.renderfleet.job;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.JobControl.Cancelling;
import io.renderfleet.job.JobControl.Retrying;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.JobStore.HeartbeatOutcome;
import io.renderfleet.job.JobStore.RouteOutcome;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.MutableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What owners and operators may do to a job in each of its states, whichever DynamoDB is behind it. */
public abstract class JobControlContract {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final WorkerId WORKER = new WorkerId("worker-a");
    private static final WorkerId OTHER = new WorkerId("worker-b");
    private static final UserId OWNER = new UserId("studio-1");
    private static final UserId STRANGER = new UserId("studio-2");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final JobError ERROR = new JobError("broken", "It is broken.");
    private static final JobResult RESULT = new JobResult(FileId.random(), "png", 1234, "image/png");

    private MutableClock clock;
    private JobStore store;
    private JobControl control;

    /** The jobs table with this clock. */
    protected abstract JobDatabase database(Clock clock);

    /** The history over the same table. */
    protected abstract JobHistory history(Clock clock);

    @BeforeEach
    void startTheClock() {
        clock = new MutableClock(NOW);
        JobDatabase database = database(clock);
        store = new JobStore(database);
        control = new JobControl(database);
    }

    @Test
    void cancelsAWaitingJob() {
        JobId id = submitted();
        Job cancelled = ((Cancelling.Cancelled) control.cancel(id, OWNER)).job();
        assertThat(cancelled.status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(cancelled.finishedAt()).isEqualTo(NOW);
        assertThat(stored(id)).isEqualTo(cancelled);
        assertThat(store.route(id, 0, EAST)).isEqualTo(new RouteOutcome.Superseded(JobStatus.CANCELLED));
    }

    @Test
    void cancelsAJobThatWasRoutedAndNotClaimed() {
        JobId id = routed();
        assertThat(control.cancel(id, null)).isInstanceOf(Cancelling.Cancelled.class);
        assertThat(store.claim(id, 1, EAST, WORKER, LEASE)).isEqualTo(new ClaimOutcome.Terminal(JobStatus.CANCELLED));
    }

    @Test
    void asksTheWorkerThatHoldsAJob() {
        Job job = claimed();
        Job asked = ((Cancelling.Requested) control.cancel(job.id(), OWNER)).job();
        assertThat(asked.status()).isEqualTo(JobStatus.PROCESSING);
        assertThat(asked.cancelRequested()).isTrue();
        assertThat(control.cancel(job.id(), OWNER)).isInstanceOf(Cancelling.Requested.class);
        assertThat(store.heartbeat(job, LEASE, 10, List.of())).isEqualTo(HeartbeatOutcome.CANCEL_REQUESTED);
        assertThat(store.cancelled(job, List.of())).isTrue();
        assertThat(stored(job.id()).cancelRequested()).isFalse();
        assertThat(stored(job.id()).attempts())
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.CANCELLED));
    }

    @Test
    void aResultThatIsFasterThanItsCancellationCounts() {
        Job job = claimed();
        control.cancel(job.id(), OWNER);
        assertThat(store.complete(job, RESULT, List.of())).isTrue();
        assertThat(control.cancel(job.id(), OWNER)).isEqualTo(new Cancelling.Over(JobStatus.COMPLETED));
    }

    @Test
    void cancelsAJobWhoseWorkerFellSilent() {
        Job job = claimed();
        clock.advance(LEASE);
        Job cancelled = ((Cancelling.Cancelled) control.cancel(job.id(), OWNER)).job();
        assertThat(cancelled.lease()).isNull();
        assertThat(cancelled.attempts())
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.INTERRUPTED));
        assertThat(store.heartbeat(job, LEASE, 99, List.of())).isEqualTo(HeartbeatOutcome.LEASE_LOST);
        assertThat(store.complete(job, RESULT, List.of())).isFalse();
    }

    @Test
    void knowsTerminalStates() {
        JobId cancelled = submitted();
        control.cancel(cancelled, OWNER);
        assertThat(control.cancel(cancelled, OWNER)).isEqualTo(new Cancelling.Over(JobStatus.CANCELLED));
        assertThat(control.cancel(failed().id(), OWNER)).isEqualTo(new Cancelling.Over(JobStatus.FAILED));
    }

    @Test
    void knowsNoForeignJob() {
        JobId id = submitted();
        assertThat(control.cancel(id, STRANGER)).isInstanceOf(Cancelling.Unknown.class);
        assertThat(control.cancel(JobId.random(), OWNER)).isInstanceOf(Cancelling.Unknown.class);
        assertThat(stored(id).status()).isEqualTo(JobStatus.PENDING);
        control.cancel(id, OWNER);
        assertThat(control.retry(id, STRANGER)).isInstanceOf(Retrying.Unknown.class);
        assertThat(control.retry(JobId.random(), null)).isInstanceOf(Retrying.Unknown.class);
        assertThat(stored(id).status()).isEqualTo(JobStatus.CANCELLED);
    }

    @Test
    void retriesWithAttemptsStartingOverAndHistoryKept() {
        Job failed = failed();
        clock.advance(Duration.ofMinutes(5));

        Job open = ((Retrying.Retried) control.retry(failed.id(), OWNER)).job();

        assertThat(open.status()).isEqualTo(JobStatus.PENDING);
        assertThat(open.routeEpoch()).isEqualTo(2);
        assertThat(open.chargedAttempts()).isZero();
        assertThat(open.attempts()).hasSize(1);
        assertThat(open.error()).isNull();
        assertThat(open.region()).isNull();
        assertThat(open.startedAt()).isNull();
        assertThat(open.finishedAt()).isNull();
        assertThat(open.createdAt()).isEqualTo(NOW);
        assertThat(open.expiresAt()).isEqualTo(NOW.plus(Duration.ofMinutes(5)).plus(Duration.ofDays(30)));
        assertThat(store.claim(open.id(), 1, EAST, WORKER, LEASE)).isEqualTo(new ClaimOutcome.Superseded(2));
        // No two attempts share a number, which is part of a result's name.
        assertThat(claimed(open).attempt()).isEqualTo(2);
    }

    @Test
    void retriesACancelledJobAndClearsTheCancellation() {
        Job job = claimed();
        control.cancel(job.id(), OWNER);
        store.cancelled(job, List.of());
        Job open = ((Retrying.Retried) control.retry(job.id(), OWNER)).job();
        assertThat(open.cancelRequested()).isFalse();
        assertThat(store.heartbeat(claimed(open), LEASE, 1, List.of())).isEqualTo(HeartbeatOutcome.RENEWED);
    }

    @Test
    void retryingTwiceOpensItOnce() {
        Job failed = failed();
        Job open = ((Retrying.Retried) control.retry(failed.id(), OWNER)).job();
        assertThat(control.retry(failed.id(), OWNER)).isEqualTo(new Retrying.Retried(open));
    }

    @Test
    void doesNotRetryAnOpenJob() {
        JobId waiting = submitted();
        assertThat(control.retry(waiting, OWNER)).isEqualTo(new Retrying.NotOver(JobStatus.PENDING));
        assertThat(control.retry(routed(), OWNER)).isEqualTo(new Retrying.NotOver(JobStatus.PENDING));
        Job running = claimed();
        assertThat(control.retry(running.id(), OWNER)).isEqualTo(new Retrying.NotOver(JobStatus.PROCESSING));
        store.complete(running, RESULT, List.of());
        assertThat(control.retry(running.id(), OWNER)).isEqualTo(new Retrying.NotOver(JobStatus.COMPLETED));
    }

    @Test
    void eachRetryRestartsTheStartDeadline() {
        JobId id = submittedToStartWithin(Duration.ofMinutes(10));
        for (int retries = 0; retries < 3; retries++) {
            control.cancel(id, OWNER);
            clock.advance(Duration.ofHours(1));
            Job open = ((Retrying.Retried) control.retry(id, OWNER)).job();
            assertThat(open.limits().startBy()).isEqualTo(clock.instant().plus(Duration.ofMinutes(10)));
        }
    }

    @Test
    void aJobPastItsStartDeadlineFailsAtItsClaim() {
        JobId id = submittedToStartWithin(Duration.ofMinutes(10));
        store.route(id, 0, EAST);
        clock.advance(Duration.ofMinutes(10));

        assertThat(store.claim(id, 1, EAST, WORKER, LEASE)).isEqualTo(new ClaimOutcome.Terminal(JobStatus.FAILED));
        assertThat(stored(id).error())
                .satisfies(error -> assertThat(error.code()).isEqualTo("start-deadline-exceeded"));
        assertThat(store.claim(id, 1, EAST, WORKER, LEASE)).isEqualTo(new ClaimOutcome.Terminal(JobStatus.FAILED));
    }

    @Test
    void aJobThatStartedInTimeMayStartAgainLater() {
        JobId id = submittedToStartWithin(Duration.ofMinutes(10));
        store.route(id, 0, EAST);
        Job first = ((ClaimOutcome.Claimed) store.claim(id, 1, EAST, WORKER, LEASE)).job();
        store.release(first, Attempt.Outcome.INTERRUPTED, ERROR, List.of());
        clock.advance(Duration.ofHours(1));
        assertThat(store.claim(id, 1, EAST, OTHER, LEASE)).isInstanceOf(ClaimOutcome.Claimed.class);
    }

    @Test
    void keepsTheNewestFiftyAttempts() {
        JobId id = routed();
        for (int attempt = 1; attempt <= 53; attempt++) {
            Job job = ((ClaimOutcome.Claimed) store.claim(id, 1, EAST, WORKER, LEASE)).job();
            store.release(job, Attempt.Outcome.INTERRUPTED, ERROR, List.of());
        }
        assertThat(stored(id).attempts())
                .hasSize(50)
                .extracting(Attempt::number)
                .startsWith(4)
                .endsWith(53);
        assertThat(stored(id).attempt()).isEqualTo(53);
    }

    @Test
    void countsAUsersOpenJobs() {
        String user = "counted-" + JobId.random();
        for (int i = 0; i < 120; i++) {
            store.submit(aJob().user(user).createdAt(NOW.plusMillis(i)).build());
        }
        JobId cancelled = JobId.random();
        store.submit(aJob().id(cancelled).user(user).build());
        control.cancel(cancelled, null);
        JobHistory history = history(clock);

        assertThat(history.countOpen(new UserId(user), NOW.plusMillis(120), 1000))
                .isEqualTo(120);
        assertThat(history.countOpen(new UserId(user), NOW.plusMillis(40), 1000))
                .isEqualTo(40);
        assertThat(history.countOpen(new UserId(user), NOW.plusMillis(120), 50)).isEqualTo(50);
        assertThat(history.countOpen(new UserId("nobody-" + JobId.random()), NOW.plusMillis(120), 50))
                .isZero();
    }

    private JobId submitted() {
        NewJob job = aJob().build();
        store.submit(job);
        return job.id();
    }

    private JobId submittedToStartWithin(Duration startWithin) {
        NewJob job = aJob().startBy(NOW.plus(startWithin)).build();
        store.submit(job);
        return job.id();
    }

    private JobId routed() {
        JobId id = submitted();
        store.route(id, 0, EAST);
        return id;
    }

    private Job claimed() {
        return ((ClaimOutcome.Claimed) store.claim(routed(), 1, EAST, WORKER, LEASE)).job();
    }

    private Job claimed(Job open) {
        int epoch = ((RouteOutcome.Routed) store.route(open.id(), open.routeEpoch(), WEST)).epoch();
        return ((ClaimOutcome.Claimed) store.claim(open.id(), epoch, WEST, OTHER, LEASE)).job();
    }

    private Job failed() {
        Job job = claimed();
        store.fail(job, Attempt.Outcome.REJECTED, ERROR, List.of());
        return stored(job.id());
    }

    private Job stored(JobId id) {
        return store.find(id).orElseThrow();
    }
}
