package io.renderfleet.job;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.JobControl.Retrying;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.JobStore.HeartbeatOutcome;
import io.renderfleet.job.JobStore.RouteOutcome;
import io.renderfleet.job.JobStore.SubmitOutcome;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.MutableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That jobs of one ordering key run one after another, whatever becomes of those before. */
public abstract class KeyOrderContract {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final WorkerId WORKER = new WorkerId("worker-a");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final JobResult RESULT = new JobResult(FileId.random(), "png", 1234, "image/png");

    private MutableClock clock;
    private JobStore store;
    private JobControl control;
    private String key;

    /** The jobs table with this clock. */
    protected abstract JobDatabase database(Clock clock);

    @BeforeEach
    void startTheClock() {
        clock = new MutableClock(NOW);
        JobDatabase database = database(clock);
        store = new JobStore(database);
        control = new JobControl(database);
        key = "key-" + JobId.random();
    }

    @Test
    void jobsOfAKeyStartInTheOrderOfTheirAcceptance() {
        JobId first = submitted();
        JobId second = submitted();
        JobId third = submitted();

        assertOutOfTurn(third, second);
        assertOutOfTurn(second, first);
        Job running = claimed(first);
        assertOutOfTurn(second, first);
        store.complete(running, RESULT, List.of());
        assertOutOfTurn(third, second);
        store.fail(claimed(second), Attempt.Outcome.REJECTED, new JobError("x", "y"), List.of());
        claimed(third);
    }

    @Test
    void aJobThatIsHandedBackKeepsItsTurn() {
        JobId first = submitted();
        JobId second = submitted();
        store.release(claimed(first), Attempt.Outcome.INTERRUPTED, new JobError("x", "y"), List.of());
        assertOutOfTurn(second, first);
        claimed(first);
    }

    @Test
    void otherKeysAndOtherUsersAreNotInTheWay() {
        submitted();
        NewJob other = aJob().user("somebody-else").orderingKey(key).build();
        store.submit(other);
        NewJob another = aJob().orderingKey(key + "2").build();
        store.submit(another);
        claimed(routed(other.id()));
        claimed(routed(another.id()));
    }

    @Test
    void aCancelledJobDoesNotLetLaterJobsOvertakeTheJobBeforeIt() {
        JobId first = submitted();
        JobId second = submitted();
        JobId third = submitted();
        Job running = claimed(first);

        control.cancel(second, null);
        assertOutOfTurn(third, first);
        store.complete(running, RESULT, List.of());
        claimed(third);
    }

    @Test
    void aJobThatFailedBeforeItStartedDoesNotLetLaterJobsOvertake() {
        JobId first = submitted();
        NewJob late = aJob().orderingKey(key).startBy(NOW.plusSeconds(60)).build();
        store.submit(late);
        routed(late.id());
        JobId third = submitted();
        Job running = claimed(first);
        clock.advance(Duration.ofSeconds(60));
        assertThat(store.claim(late.id(), 1, EAST, WORKER, LEASE))
                .isEqualTo(new ClaimOutcome.Terminal(JobStatus.FAILED));

        assertThat(store.heartbeat(running, LEASE, 1, List.of())).isEqualTo(HeartbeatOutcome.RENEWED);
        assertOutOfTurn(third, first);
    }

    @Test
    void aWithdrawnJobDoesNotLetLaterJobsOvertakeTheJobBeforeIt() {
        JobId first = submitted();
        NewJob withdrawn = aJob().orderingKey(key).build();
        store.submit(withdrawn);
        JobId third = submitted();
        Job running = claimed(first);

        // It is in somebody's way already: it stays, for its repeat or for the watchdog.
        assertThat(store.withdraw(withdrawn.id(), NOW)).isFalse();
        assertOutOfTurn(third, withdrawn.id());
        assertThat(store.heartbeat(running, LEASE, 1, List.of())).isEqualTo(HeartbeatOutcome.RENEWED);
    }

    @Test
    void theLastJobOfAKeyCanBeWithdrawnAndTheNextTakesItsPlace() {
        JobId first = submitted();
        NewJob withdrawn = aJob().orderingKey(key).build();
        store.submit(withdrawn);
        assertThat(store.withdraw(withdrawn.id(), NOW)).isTrue();
        assertThat(store.find(withdrawn.id())).isEmpty();
        assertThat(store.withdraw(withdrawn.id(), NOW)).isFalse();

        JobId next = submitted();
        assertThat(stored(next).sequence()).isEqualTo(2);
        assertOutOfTurn(next, first);

        NewJob only = aJob().orderingKey(key + "2").build();
        store.submit(only);
        assertThat(store.withdraw(only.id(), NOW)).isTrue();
        assertThat(store.submit(only)).isInstanceOf(SubmitOutcome.Stored.class);
        claimed(routed(only.id()));
    }

    @Test
    void aRetriedJobGoesToTheEnd() {
        JobId first = submitted();
        JobId second = submitted();
        control.cancel(first, null);
        Job open = ((Retrying.Retried) control.retry(first, null)).job();

        assertThat(open.sequence()).isEqualTo(3);
        assertThat(open.after()).isEqualTo(second);
        routed(open);
        assertThat(store.claim(first, open.routeEpoch() + 1, EAST, WORKER, LEASE))
                .isInstanceOf(ClaimOutcome.OutOfTurn.class);
        store.complete(claimed(second), RESULT, List.of());
        assertThat(store.claim(first, open.routeEpoch() + 1, EAST, WORKER, LEASE))
                .isInstanceOf(ClaimOutcome.Claimed.class);
    }

    @Test
    void aRetriedJobDoesNotLetLaterJobsOvertakeTheJobBeforeIt() {
        JobId first = submitted();
        JobId second = submitted();
        JobId third = submitted();
        Job running = claimed(first);
        control.cancel(second, null);
        control.retry(second, null);

        assertOutOfTurn(third, first);
        control.cancel(second, null);
        control.retry(second, null);
        assertOutOfTurn(third, first);
        store.complete(running, RESULT, List.of());
        claimed(third);
    }

    @Test
    void theOnlyJobOfAKeyCanBeRetried() {
        JobId only = submitted();
        control.cancel(only, null);
        Job open = ((Retrying.Retried) control.retry(only, null)).job();
        routed(open);
        assertThat(store.claim(only, open.routeEpoch() + 1, EAST, WORKER, LEASE))
                .isInstanceOf(ClaimOutcome.Claimed.class);
    }

    @Test
    void longRunsOfCancelledJobsArePassedInTheEnd() {
        JobId first = submitted();
        List<JobId> cancelled =
                IntStream.range(0, 70).mapToObj(i -> submitted()).toList();
        JobId last = submitted();
        Job running = claimed(first);
        cancelled.forEach(id -> control.cancel(id, null));

        for (int asked = 0; asked < 4; asked++) {
            assertThat(claim(last)).isInstanceOf(ClaimOutcome.OutOfTurn.class);
        }
        assertOutOfTurn(last, first);
        store.complete(running, RESULT, List.of());
        claimed(last);
    }

    @Test
    void answersARepeatedSubmissionAsTheFirstTime() {
        NewJob job = aJob().orderingKey(key).build();
        store.submit(job);
        submitted();
        assertThat(store.submit(job)).isInstanceOf(SubmitOutcome.Replayed.class);
        assertThat(store.submit(aJob().id(job.id())
                        .orderingKey(key)
                        .requestHash("another")
                        .build()))
                .isInstanceOf(SubmitOutcome.Conflicting.class);
        assertThat(stored(job.id()).sequence()).isEqualTo(1);
    }

    @Test
    void jobsThatComeAtOnceFormOneChain() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<JobId>> submissions = IntStream.range(0, 8)
                    .<Callable<JobId>>mapToObj(i -> this::submitted)
                    .toList();
            List<JobId> ids = executor.invokeAll(submissions).stream()
                    .map(Future::resultNow)
                    .toList();
            assertThat(ids.stream().map(id -> stored(id).sequence()))
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, 8).boxed().toList());
        }
    }

    private JobId submitted() {
        NewJob job = aJob().orderingKey(key).build();
        SubmitOutcome outcome = store.submit(job);
        // Each such try means that another job of the key was stored.
        for (int tries = 0; tries < 100 && outcome instanceof SubmitOutcome.Contended; tries++) {
            outcome = store.submit(job);
        }
        assertThat(outcome).isInstanceOf(SubmitOutcome.Stored.class);
        return routed(job.id());
    }

    private JobId routed(JobId id) {
        assertThat(store.route(id, 0, EAST)).isEqualTo(new RouteOutcome.Routed(1));
        return id;
    }

    private void routed(Job open) {
        assertThat(store.route(open.id(), open.routeEpoch(), EAST))
                .isEqualTo(new RouteOutcome.Routed(open.routeEpoch() + 1));
    }

    private ClaimOutcome claim(JobId id) {
        return store.claim(id, 1, EAST, WORKER, LEASE);
    }

    private Job claimed(JobId id) {
        ClaimOutcome outcome = claim(id);
        assertThat(outcome).isInstanceOf(ClaimOutcome.Claimed.class);
        return ((ClaimOutcome.Claimed) outcome).job();
    }

    private void assertOutOfTurn(JobId id, JobId before) {
        assertThat(claim(id))
                .isInstanceOfSatisfying(
                        ClaimOutcome.OutOfTurn.class,
                        outcome -> assertThat(outcome.before().id()).isEqualTo(before));
    }

    private Job stored(JobId id) {
        return store.find(id).orElseThrow();
    }
}
