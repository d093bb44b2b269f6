package io.renderfleet.job;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.Job.Lease;
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
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every jobs table must do for the store, whichever DynamoDB is behind it: each move, and each way to lose it. */
public abstract class JobStoreContract {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final WorkerId WORKER = new WorkerId("worker-a");
    private static final WorkerId OTHER = new WorkerId("worker-b");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final JobResult RESULT = new JobResult(FileId.random(), "png", 1234, "image/png");

    private MutableClock clock;
    private JobStore store;

    /** A store over an empty or shared table. */
    protected abstract JobStore store(Clock clock);

    /** The history over the same table. */
    protected abstract JobHistory history(Clock clock);

    @BeforeEach
    void startTheClock() {
        clock = new MutableClock(NOW);
        store = store(clock);
    }

    private NewJob submitted() {
        NewJob job = aJob().build();
        assertThat(store.submit(job)).isInstanceOf(SubmitOutcome.Stored.class);
        return job;
    }

    private NewJob routed() {
        NewJob job = submitted();
        assertThat(store.route(job.id(), 0, EAST)).isEqualTo(new RouteOutcome.Routed(1));
        return job;
    }

    private Job claimed() {
        return ((ClaimOutcome.Claimed) store.claim(routed().id(), 1, EAST, WORKER, LEASE)).job();
    }

    private Job stored(JobId id) {
        return store.find(id).orElseThrow();
    }

    @Test
    void keepsEveryFieldOfASubmission() {
        NewJob job = aJob().orderingKey("shoe-7")
                .allowedRegions(WEST, EAST)
                .timeout(Duration.ofMinutes(5))
                .maxAttempts(3)
                .tags(new JobTags("A chair", Map.of("shoot", "7"), "chair-1", UUID.randomUUID()))
                .build();
        store.submit(job);

        Job stored = stored(job.id());
        assertThat(stored.payload()).isEqualTo(job.payload());
        assertThat(stored.userId()).isEqualTo(job.userId());
        assertThat(stored.orderingKey()).isEqualTo(new OrderingKey("shoe-7"));
        assertThat(stored.allowedRegions()).containsExactly(EAST, WEST);
        assertThat(stored.limits()).isEqualTo(job.limits());
        assertThat(stored.tags()).isEqualTo(job.tags());
        assertThat(stored.status()).isEqualTo(JobStatus.PENDING);
        assertThat(stored.createdAt()).isEqualTo(NOW);
        assertThat(stored.expiresAt()).isEqualTo(NOW.plus(Duration.ofDays(30)));
    }

    @Test
    void keepsALargePayloadOutOfTheItemThatEachMoveWrites() {
        JobPayload large = new JobPayload("{\"text\":\"" + "é".repeat(30_000) + "\"}", 3);
        NewJob job = aJob().payload(large).build();
        assertThat(store.submit(job)).isInstanceOf(SubmitOutcome.Stored.class);

        assertThat(stored(job.id()).payload()).isNull();
        assertThat(store.payload(stored(job.id()))).contains(large);
    }

    @Test
    void givesASubmissionAfterAWithdrawalItsOwnLargePayload() {
        JobPayload first = new JobPayload("{\"text\":\"" + "1".repeat(2_000) + "\"}", 1);
        NewJob withdrawn = aJob().payload(first).build();
        store.submit(withdrawn);
        store.withdraw(withdrawn.id(), withdrawn.createdAt());

        JobPayload second = new JobPayload("{\"text\":\"" + "2".repeat(2_000) + "\"}", 1);
        store.submit(aJob().id(withdrawn.id())
                .payload(second)
                .createdAt(NOW.plusMillis(1))
                .build());

        assertThat(store.payload(stored(withdrawn.id()))).contains(second);
    }

    @Test
    void keepsTheVersionOfASmallPayload() {
        JobPayload payload = new JobPayload("{\"a\":1}", 2);
        NewJob job = aJob().payload(payload).build();
        store.submit(job);

        assertThat(stored(job.id()).payload()).isEqualTo(payload);
    }

    @Test
    void neverReadsAPayload() {
        NewJob job = aJob().payload(new JobPayload("no JSON at all", 1)).build();
        store.submit(job);
        store.route(job.id(), 0, EAST);

        assertThat(store.claim(job.id(), 1, EAST, WORKER, LEASE)).isInstanceOf(ClaimOutcome.Claimed.class);
    }

    @Test
    void answersARepeatedSubmissionAsTheFirstTime() {
        NewJob job = submitted();
        assertThat(store.submit(job))
                .isInstanceOfSatisfying(
                        SubmitOutcome.Replayed.class,
                        replayed -> assertThat(replayed.job().id()).isEqualTo(job.id()));
    }

    @Test
    void refusesAnotherSubmissionUnderTheSameId() {
        NewJob job = submitted();
        assertThat(store.submit(aJob().id(job.id()).requestHash("another").build()))
                .isInstanceOf(SubmitOutcome.Conflicting.class);
        assertThat(store.submit(aJob().id(job.id()).user("somebody-else").build()))
                .isInstanceOf(SubmitOutcome.Conflicting.class);
        assertThat(stored(job.id()).requestHash()).isEqualTo(job.requestHash());
    }

    @Test
    void withdrawsAnUnacknowledgedJob() {
        NewJob job = submitted();
        assertThat(store.withdraw(job.id(), job.createdAt())).isTrue();
        assertThat(store.find(job.id())).isEmpty();
    }

    @Test
    void doesNotWithdrawAJobThatARepeatConfirmed() {
        NewJob job = submitted();
        assertThat(store.confirm(job.id(), job.createdAt())).isTrue();
        assertThat(store.withdraw(job.id(), job.createdAt())).isFalse();
        assertThat(store.find(job.id())).isPresent();
    }

    @Test
    void doesNotWithdrawALaterSubmissionOfTheSameId() {
        NewJob job = submitted();
        assertThat(store.withdraw(job.id(), NOW.minusMillis(1))).isFalse();
    }

    @Test
    void doesNotWithdrawAJobThatWasRouted() {
        assertThat(store.withdraw(routed().id(), NOW)).isFalse();
    }

    @Test
    void doesNotConfirmAJobThatIsGoneOrRouted() {
        assertThat(store.confirm(JobId.random(), NOW)).isFalse();
        assertThat(store.confirm(routed().id(), NOW)).isFalse();
    }

    @Test
    void tellsWhereAMessageWasRoutedBefore() {
        NewJob job = routed();
        assertThat(store.route(job.id(), 0, WEST)).isEqualTo(new RouteOutcome.RoutedBefore(EAST, 1));
        assertThat(stored(job.id()).region()).isEqualTo(EAST);
    }

    @Test
    void doesNotRouteARunningOrFinishedJob() {
        Job job = claimed();
        assertThat(store.route(job.id(), 0, WEST)).isEqualTo(new RouteOutcome.Superseded(JobStatus.PROCESSING));
        store.complete(job, RESULT, List.of());
        assertThat(store.route(job.id(), 0, WEST)).isEqualTo(new RouteOutcome.Superseded(JobStatus.COMPLETED));
        assertThat(store.route(job.id(), 1, WEST)).isEqualTo(new RouteOutcome.Superseded(JobStatus.COMPLETED));
    }

    @Test
    void tellsAMessageOfAnOlderRouteTheNewest() {
        NewJob job = routed();
        assertThat(store.route(job.id(), 1, WEST)).isEqualTo(new RouteOutcome.Routed(2));
        assertThat(store.route(job.id(), 0, EAST)).isEqualTo(new RouteOutcome.RoutedBefore(WEST, 2));
    }

    @Test
    void knowsNoJobThatWasNeverSubmitted() {
        assertThat(store.route(JobId.random(), 0, EAST)).isInstanceOf(RouteOutcome.Unknown.class);
        assertThat(store.claim(JobId.random(), 1, EAST, WORKER, LEASE)).isInstanceOf(ClaimOutcome.Unknown.class);
        assertThat(store.find(JobId.random())).isEmpty();
    }

    @Test
    void givesAJobToItsClaimant() {
        Job job = claimed();
        assertThat(job.status()).isEqualTo(JobStatus.PROCESSING);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(job.lease()).isEqualTo(new Lease(WORKER, NOW.plus(LEASE)));
        assertThat(job.startedAt()).isEqualTo(NOW);
        assertThat(stored(job.id())).isEqualTo(job);
    }

    @Test
    void claimOfATerminalJobIsTerminal() {
        Job job = claimed();
        store.complete(job, RESULT, List.of());
        assertThat(store.claim(job.id(), 1, EAST, OTHER, LEASE))
                .isEqualTo(new ClaimOutcome.Terminal(JobStatus.COMPLETED));
    }

    @Test
    void claimWithAnOlderRouteIsSuperseded() {
        NewJob job = routed();
        store.route(job.id(), 1, WEST);
        assertThat(store.claim(job.id(), 1, EAST, WORKER, LEASE)).isEqualTo(new ClaimOutcome.Superseded(2));
    }

    @Test
    void claimWithARouteFromTheFutureIsNotRun() {
        assertThat(store.claim(routed().id(), 7, EAST, WORKER, LEASE)).isEqualTo(new ClaimOutcome.FromTheFuture(1));
    }

    @Test
    void claimOfALeasedJobTellsWhenTheLeaseEnds() {
        Job job = claimed();
        assertThat(store.claim(job.id(), 1, EAST, OTHER, LEASE)).isEqualTo(new ClaimOutcome.LeaseLive(NOW.plus(LEASE)));
    }

    @Test
    void claimAfterTheLeaseTakesTheJobOver() {
        Job first = claimed();
        clock.advance(LEASE);

        Job second = ((ClaimOutcome.Claimed) store.claim(first.id(), 1, EAST, OTHER, LEASE)).job();
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.lease()).isEqualTo(new Lease(OTHER, NOW.plus(LEASE).plus(LEASE)));
        assertThat(second.attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.INTERRUPTED);
            assertThat(attempt.worker()).isEqualTo(WORKER);
        });
        assertThat(second.chargedAttempts()).isZero();
    }

    @Test
    void theOldOwnerLosesEveryMoveAfterATakeOver() {
        Job first = claimed();
        clock.advance(LEASE);
        Job second = ((ClaimOutcome.Claimed) store.claim(first.id(), 1, EAST, OTHER, LEASE)).job();

        assertThat(store.heartbeat(first, LEASE, 50, List.of())).isEqualTo(HeartbeatOutcome.LEASE_LOST);
        assertThat(store.complete(first, RESULT, List.of())).isFalse();
        assertThat(store.fail(first, Attempt.Outcome.REJECTED, new JobError("x", "y"), List.of()))
                .isFalse();
        assertThat(store.release(first, Attempt.Outcome.INTERRUPTED, new JobError("x", "y"), List.of()))
                .isFalse();
        assertThat(store.cancelled(first, List.of())).isFalse();
        assertThat(store.complete(second, RESULT, List.of())).isTrue();
    }

    @Test
    void theSameWorkerIsNotItsOwnOldAttempt() {
        Job first = claimed();
        clock.advance(LEASE);
        store.claim(first.id(), 1, EAST, WORKER, LEASE);
        assertThat(store.complete(first, RESULT, List.of())).isFalse();
    }

    @Test
    void ofManyClaimsAtOnceOneWins() throws Exception {
        NewJob job = routed();
        assertThat(atOnce(8, worker -> store.claim(job.id(), 1, EAST, new WorkerId("w" + worker), LEASE)))
                .filteredOn(ClaimOutcome.Claimed.class::isInstance)
                .hasSize(1);
    }

    @Test
    void ofManyTakeOversAtOnceOneWins() throws Exception {
        Job job = claimed();
        clock.advance(LEASE);
        assertThat(atOnce(8, worker -> store.claim(job.id(), 1, EAST, new WorkerId("w" + worker), LEASE)))
                .filteredOn(ClaimOutcome.Claimed.class::isInstance)
                .hasSize(1);
    }

    @Test
    void ofManyRoutesAtOnceOneWins() throws Exception {
        NewJob job = submitted();
        assertThat(atOnce(8, one -> store.route(job.id(), 0, one % 2 == 0 ? EAST : WEST)))
                .filteredOn(RouteOutcome.Routed.class::isInstance)
                .hasSize(1);
    }

    @Test
    void heartbeatRenewsTheLeaseAndKeepsProgress() {
        Job job = claimed();
        clock.advance(Duration.ofSeconds(10));
        assertThat(store.heartbeat(job, LEASE, 42, List.of())).isEqualTo(HeartbeatOutcome.RENEWED);

        Job stored = stored(job.id());
        assertThat(stored.progress()).isEqualTo(42);
        assertThat(stored.lease())
                .isEqualTo(new Lease(WORKER, NOW.plusSeconds(10).plus(LEASE)));
    }

    @Test
    void completesWithItsResultAndLeavesTheIndexOfOpenJobs() {
        Job job = claimed();
        clock.advance(Duration.ofSeconds(3));
        assertThat(store.complete(job, RESULT, List.of())).isTrue();

        Job stored = stored(job.id());
        assertThat(stored.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(stored.result()).isEqualTo(RESULT);
        assertThat(stored.progress()).isEqualTo(100);
        assertThat(stored.lease()).isNull();
        assertThat(stored.finishedAt()).isEqualTo(NOW.plusSeconds(3));
        assertThat(stored.attempts())
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.SUCCEEDED));
    }

    private static Artifact artifact(String name, int attempt, long bytes) {
        return new Artifact(
                new ArtifactName(name),
                attempt,
                new FileId("%012d".formatted(bytes)),
                EAST,
                bytes,
                "text/plain;charset=utf-8");
    }

    @Test
    void keepsTheArtifactsOfAnAttemptHoweverItEnds() {
        List<Artifact> made = List.of(artifact("log.txt", 1, 10), artifact("preview", 1, 5L << 30));
        JobError error = new JobError("x", "y");

        Job completed = claimed();
        assertThat(store.complete(completed, RESULT, made)).isTrue();
        Job failed = claimed();
        assertThat(store.fail(failed, Attempt.Outcome.ERRORED, error, made)).isTrue();
        Job handedBack = claimed();
        assertThat(store.release(handedBack, Attempt.Outcome.INTERRUPTED, error, made))
                .isTrue();
        Job cancelled = claimed();
        assertThat(store.cancelled(cancelled, made)).isTrue();

        assertThat(List.of(completed, failed, handedBack, cancelled))
                .allSatisfy(job -> assertThat(stored(job.id()).artifacts()).isEqualTo(made));
    }

    @Test
    void keepsOfEachArtifactTheOneOfTheLatestAttempt() {
        Job first = claimed();
        store.release(
                first,
                Attempt.Outcome.INTERRUPTED,
                new JobError("x", "y"),
                List.of(artifact("dump", 1, 1), artifact("log.txt", 1, 1)));
        Job second = ((ClaimOutcome.Claimed) store.claim(first.id(), 1, EAST, OTHER, LEASE)).job();
        assertThat(second.artifacts()).extracting(Artifact::attempt).containsExactly(1, 1);
        store.complete(second, RESULT, List.of(artifact("log.txt", 2, 2), artifact("video", 2, 3)));

        assertThat(stored(first.id()).artifacts())
                .containsExactly(artifact("dump", 1, 1), artifact("log.txt", 2, 2), artifact("video", 2, 3));
    }

    @Test
    void keepsTheArtifactsOfAWorkerThatStopsReporting() {
        Job first = claimed();
        Artifact preview = artifact("preview", 1, 1);
        store.progress(first, 10, List.of(preview));
        assertThat(stored(first.id()).artifacts()).containsExactly(preview);
        store.heartbeat(first, LEASE, 20, List.of());
        clock.advance(LEASE);
        Job second = ((ClaimOutcome.Claimed) store.claim(first.id(), 1, EAST, OTHER, LEASE)).job();
        assertThat(store.heartbeat(first, LEASE, 30, List.of(artifact("preview", 1, 2))))
                .isEqualTo(HeartbeatOutcome.LEASE_LOST);

        assertThat(second.artifacts()).containsExactly(preview);
        store.heartbeat(second, LEASE, 10, List.of(artifact("log.txt", 2, 1)));
        assertThat(stored(first.id()).artifacts()).containsExactly(artifact("log.txt", 2, 1), preview);
    }

    @Test
    void keepsWhatAnAttemptLeftForTheNextOneUntilTheJobIsOver() {
        Job first = claimed();
        store.heartbeat(first, LEASE, 20, List.of(), "from a renewal");
        store.heartbeat(first, LEASE, 30, List.of());
        clock.advance(LEASE);
        Job second = ((ClaimOutcome.Claimed) store.claim(first.id(), 1, EAST, OTHER, LEASE)).job();
        assertThat(second.kept()).isEqualTo("from a renewal");
        assertThat(store.release(first, Attempt.Outcome.INTERRUPTED, new JobError("x", "y"), List.of(), "too late"))
                .isFalse();
        assertThat(store.release(
                        second, Attempt.Outcome.INTERRUPTED, new JobError("x", "y"), List.of(), "from a release"))
                .isTrue();

        Job third = ((ClaimOutcome.Claimed) store.claim(first.id(), 1, EAST, WORKER, LEASE)).job();
        assertThat(third.kept()).isEqualTo("from a release");
        store.release(third, Attempt.Outcome.INTERRUPTED, new JobError("x", "y"), List.of());
        Job fourth = ((ClaimOutcome.Claimed) store.claim(first.id(), 1, EAST, WORKER, LEASE)).job();
        assertThat(fourth.kept()).isEqualTo("from a release");
        assertThat(store.complete(fourth, RESULT, List.of())).isTrue();
        assertThat(stored(first.id()).kept()).isNull();
    }

    @Test
    void forgetsTheOldestArtifactsWhenThereAreTooManyNames() {
        Job job = claimed();
        for (int attempt = 1; attempt <= 3; attempt++) {
            int number = attempt;
            List<Artifact> made = IntStream.range(0, 6)
                    .mapToObj(i -> artifact("a" + number + "-" + i, number, 1))
                    .toList();
            store.release(job, Attempt.Outcome.INTERRUPTED, new JobError("x", "y"), made);
            if (attempt < 3) {
                job = ((ClaimOutcome.Claimed) store.claim(job.id(), 1, EAST, WORKER, LEASE)).job();
            }
        }
        assertThat(stored(job.id()).artifacts())
                .hasSize(Artifact.MAX_NAMES)
                .extracting(artifact -> artifact.name().value())
                .doesNotContain("a1-4", "a1-5")
                .contains("a1-0", "a1-3", "a2-0", "a2-5", "a3-0", "a3-5");
    }

    @Test
    void keepsNoArtifactsOfAnAttemptThatLostItsLease() {
        Job first = claimed();
        clock.advance(LEASE);
        store.claim(first.id(), 1, EAST, OTHER, LEASE);
        assertThat(store.complete(first, RESULT, List.of(artifact("log.txt", 1, 1))))
                .isFalse();
        assertThat(stored(first.id()).artifacts()).isEmpty();
    }

    @Test
    void failsWithAReason() {
        Job job = claimed();
        JobError error = new JobError("no-triangles", "The scene has no triangles.");
        assertThat(store.fail(job, Attempt.Outcome.REJECTED, error, List.of())).isTrue();

        Job stored = stored(job.id());
        assertThat(stored.status()).isEqualTo(JobStatus.FAILED);
        assertThat(stored.error()).isEqualTo(error);
        assertThat(stored.chargedAttempts()).isEqualTo(1);
        assertThat(stored.attempts().getFirst().error()).isEqualTo(error);
    }

    @Test
    void handsBackForAnotherAttempt() {
        Job first = claimed();
        assertThat(store.release(first, Attempt.Outcome.ERRORED, new JobError("x", "y"), List.of()))
                .isTrue();
        assertThat(stored(first.id()).status()).isEqualTo(JobStatus.PENDING);

        Job second = ((ClaimOutcome.Claimed) store.claim(first.id(), 1, EAST, OTHER, LEASE)).job();
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.chargedAttempts()).isEqualTo(1);
    }

    @Test
    void interruptionCostsNoAttempt() {
        Job first = claimed();
        store.release(first, Attempt.Outcome.INTERRUPTED, new JobError("interrupted", "shutdown"), List.of());
        assertThat(stored(first.id()).chargedAttempts()).isZero();
    }

    @Test
    void anExpiredItemIsNotThereAnyMore() {
        NewJob job = submitted();
        clock.advance(Duration.ofDays(31));
        assertThat(store.find(job.id())).isEmpty();
    }

    @Test
    void listsAUsersJobsNewestFirstPageByPage() {
        String user = "lister-" + JobId.random();
        List<JobId> ids = IntStream.range(0, 25)
                .mapToObj(i -> aJob().user(user).createdAt(NOW.plusSeconds(i)).build())
                .peek(store::submit)
                .map(NewJob::id)
                .toList();
        JobHistory history = history(clock);

        JobHistory.Page first =
                history.list(new JobHistory.Query(new UserId(user), JobFilter.ALL, null, null, 10, null));
        assertThat(first.jobs())
                .extracting(Job::id)
                .containsExactlyElementsOf(ids.reversed().subList(0, 10));
        JobHistory.Page rest =
                history.list(new JobHistory.Query(new UserId(user), JobFilter.ALL, null, null, 100, first.next()));
        assertThat(rest.jobs())
                .extracting(Job::id)
                .containsExactlyElementsOf(ids.reversed().subList(10, 25));
        assertThat(rest.next()).isNull();
    }

    @Test
    void listsByStatusAndTime() {
        String user = "lister-" + JobId.random();
        List<NewJob> jobs = IntStream.range(0, 6)
                .mapToObj(i -> aJob().user(user).createdAt(NOW.plusSeconds(i)).build())
                .toList();
        jobs.forEach(store::submit);
        store.route(jobs.get(2).id(), 0, EAST);
        store.claim(jobs.get(2).id(), 1, EAST, WORKER, LEASE);
        JobHistory history = history(clock);

        assertThat(history.list(new JobHistory.Query(
                                new UserId(user), JobFilter.ofStatus(JobStatus.PROCESSING), null, null, 10, null))
                        .jobs())
                .extracting(Job::id)
                .containsExactly(jobs.get(2).id());
        assertThat(history.list(new JobHistory.Query(
                                new UserId(user), JobFilter.ALL, NOW.plusSeconds(1), NOW.plusSeconds(4), 10, null))
                        .jobs())
                .extracting(Job::id)
                .containsExactly(jobs.get(3).id(), jobs.get(2).id(), jobs.get(1).id());
        assertThat(history.list(new JobHistory.Query(
                                new UserId(user), JobFilter.ALL, NOW.plusSeconds(4), NOW, 10, null))
                        .jobs())
                .isEmpty();
    }

    private interface Numbered<T> {
        T call(int number);
    }

    private static <T> List<T> atOnce(int callers, Numbered<T> call) throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<T>> calls = IntStream.range(0, callers)
                    .<Callable<T>>mapToObj(number -> () -> call.call(number))
                    .toList();
            return executor.invokeAll(calls).stream().map(Future::resultNow).toList();
        }
    }
}
