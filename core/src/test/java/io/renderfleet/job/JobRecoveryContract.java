package io.renderfleet.job;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.job.JobRecovery.Due;
import io.renderfleet.job.JobRecovery.LetterOutcome;
import io.renderfleet.job.JobRecovery.ParkedJob;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.JobStore.HeartbeatOutcome;
import io.renderfleet.job.JobStore.RouteOutcome;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.MutableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The moves of the watchdog and of the reaper, and that of several only one makes each, whichever DynamoDB it is. */
public abstract class JobRecoveryContract {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.000Z");
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final WorkerId WORKER = new WorkerId("worker-a");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration CHECK_AFTER = Duration.ofSeconds(60);
    private static final JobError ERROR = new JobError("worker-crash-loop", "It crashed.");
    private static final JobResult RESULT = new JobResult(FileId.random(), "png", 1234, "image/png");

    private MutableClock clock;
    private JobStore store;
    private JobControl control;
    private JobRecovery recovery;
    private JobDatabase database;

    /** The jobs table with this clock, whose jobs are first looked at after 60 s. */
    protected abstract JobDatabase database(Clock clock);

    @BeforeEach
    void startTheClock() {
        clock = new MutableClock(NOW);
        database = database(clock);
        store = new JobStore(database);
        control = new JobControl(database);
        recovery = new JobRecovery(database);
    }

    @Test
    void aJobIsDueAfterAWhileAndNotBefore() {
        JobId id = submitted();
        assertThat(recovery.check(id)).isEmpty();
        clock.advance(CHECK_AFTER.minusMillis(1));
        assertThat(due()).doesNotContain(id);
        clock.advance(Duration.ofMillis(1));
        assertThat(due()).contains(id);
        assertThat(recovery.check(id)).hasValueSatisfying(due -> {
            assertThat(due.job().id()).isEqualTo(id);
            assertThat(due.checkAt()).isEqualTo(NOW.plus(CHECK_AFTER));
        });
    }

    @Test
    void aJobThatMustStartSoonerIsDueThen() {
        NewJob job = aJob().startBy(NOW.plusSeconds(5)).build();
        store.submit(job);
        clock.advance(Duration.ofSeconds(5));
        assertThat(recovery.check(job.id())).isPresent();
    }

    @Test
    void aFinishedJobIsNeverDue() {
        Job completed = claimed();
        store.complete(completed, RESULT, List.of());
        JobId cancelled = submitted();
        control.cancel(cancelled, null);
        clock.advance(Duration.ofDays(1));
        assertThat(due()).doesNotContain(completed.id(), cancelled);
        assertThat(recovery.check(completed.id())).isEmpty();
        assertThat(recovery.check(JobId.random())).isEmpty();
    }

    @Test
    void ofTwoWhoLookOnePostpones() {
        Due due = due(submitted());
        Instant next = clock.instant().plusSeconds(60);
        assertThat(recovery.postpone(due, next)).isTrue();
        assertThat(recovery.postpone(due, next.plusSeconds(1))).isFalse();
        assertThat(recovery.check(due.job().id())).isEmpty();
        assertThat(stored(due).routeEpoch()).isZero();
    }

    @Test
    void resendsJobsThatARegionLost() {
        JobId id = routed();
        Due due = due(id);
        Job open = recovery.reroute(due, clock.instant().plusSeconds(60)).orElseThrow();
        assertThat(open.routeEpoch()).isEqualTo(2);
        assertThat(open.region()).isNull();
        assertThat(open.status()).isEqualTo(JobStatus.PENDING);
        assertThat(recovery.reroute(due, clock.instant().plusSeconds(60))).isEmpty();
        assertThat(store.claim(id, 1, EAST, WORKER, LEASE)).isEqualTo(new ClaimOutcome.Superseded(2));
        assertThat(store.route(id, 2, EAST)).isEqualTo(new RouteOutcome.Routed(3));
    }

    @Test
    void resendsJobsThatAWorkerLost() {
        Job silent = claimed();
        Due due = due(silent.id());
        Job open = recovery.reroute(due, clock.instant().plusSeconds(60)).orElseThrow();
        assertThat(open.status()).isEqualTo(JobStatus.PENDING);
        assertThat(open.lease()).isNull();
        assertThat(open.chargedAttempts()).isZero();
        assertThat(open.attempts())
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.INTERRUPTED));
        assertThat(store.complete(silent, RESULT, List.of())).isFalse();
    }

    @Test
    void doesNotTakeAJobFromAWorkerThatReportedSince() {
        Job working = claimed();
        Due due = due(working.id());
        store.heartbeat(working, LEASE, 50, List.of());
        assertThat(recovery.reroute(due, clock.instant().plusSeconds(60))).isEmpty();
        assertThat(store.complete(working, RESULT, List.of())).isTrue();
    }

    @Test
    void aReroutedJobCountsAsUnsentUntilItsMessageIsSent() {
        JobId id = routed();
        Instant soon = clock.instant().plus(CHECK_AFTER).plusSeconds(15);
        Job open = recovery.reroute(due(id), soon).orElseThrow();
        clock.advance(Duration.ofSeconds(15));
        Due unsent = recovery.check(id).orElseThrow();
        assertThat(unsent.unsent()).isTrue();
        Instant later = clock.instant().plusSeconds(60);
        recovery.sent(open, soon, later);
        assertThat(recovery.check(id)).isEmpty();
        clock.advance(Duration.ofSeconds(60));
        assertThat(recovery.check(id).orElseThrow().unsent()).isFalse();
    }

    @Test
    void aReroutedJobThatIsRoutedCountsAsSent() {
        JobId id = routed();
        Instant soon = clock.instant().plus(CHECK_AFTER).plusSeconds(15);
        Job open = recovery.reroute(due(id), soon).orElseThrow();
        store.route(id, 2, EAST);
        recovery.sent(open, soon, soon.plusSeconds(600));
        clock.advance(Duration.ofSeconds(15));
        assertThat(recovery.check(id).orElseThrow().unsent()).isFalse();
    }

    @Test
    void remembersWhenAMessageWasSentAgainUntilTheJobIsRouted() {
        JobId id = submitted();
        Due due = due(id);
        assertThat(due.waitingSince()).isEqualTo(NOW);
        assertThat(recovery.resend(due, clock.instant().plusSeconds(60))).isTrue();
        assertThat(recovery.resend(due, clock.instant().plusSeconds(60))).isFalse();
        Instant resentAt = clock.instant();
        clock.advance(Duration.ofSeconds(60));
        assertThat(recovery.check(id).orElseThrow().waitingSince()).isEqualTo(resentAt);
        store.route(id, 0, EAST);
        assertThat(recovery.check(id).orElseThrow().resentAt()).isNull();
    }

    @Test
    void tellsHowFarJobsHaveGot() {
        JobId waiting = routed();
        Job started = claimed();
        assertThat(recovery.progress(List.of(waiting, started.id(), JobId.random())))
                .containsExactlyInAnyOrder(
                        new JobRecovery.Progress(waiting, NOW, EAST, null),
                        new JobRecovery.Progress(started.id(), NOW, EAST, started.startedAt()));
        assertThat(recovery.overSince(waiting)).isEmpty();
        control.cancel(waiting, null);
        assertThat(recovery.overSince(waiting)).contains(clock.instant());
    }

    @Test
    void parksAJobThatCannotBeReadAndReturnsItOnceItCan() {
        JobId id = submitted();
        writePriority(id, "WRITTEN-BY-A-NEWER-VERSION");
        clock.advance(CHECK_AFTER);
        assertThatThrownBy(() -> recovery.check(id))
                .isInstanceOf(UnreadableJobException.class)
                .hasMessageContaining(id.toString());
        recovery.park(id, clock.instant().plusSeconds(600));
        assertThat(due()).doesNotContain(id);
        assertThat(recovery.listParked(1000)).extracting(ParkedJob::jobId).contains(id.toString());

        clock.advance(Duration.ofMinutes(10));
        assertThat(recovery.due(JobTable.PARKED_SHARD, 1000).ids()).contains(id);
        writePriority(id, "NORMAL");
        assertThat(recovery.check(id)).isPresent();
        assertThat(due()).contains(id);
        assertThat(recovery.listParked(1000)).extracting(ParkedJob::jobId).doesNotContain(id.toString());
    }

    @Test
    void setsNoJobAsideThatIsOver() {
        JobId id = submitted();
        control.cancel(id, null);
        recovery.park(id, clock.instant().plusSeconds(600));
        assertThat(recovery.listParked(1000)).extracting(ParkedJob::jobId).doesNotContain(id.toString());
    }

    @Test
    void listsAnEntryWhoseKeyIsNotAJobIdApartFromTheJobsOfItsShard() {
        JobId id = submitted();
        AttributeValue shard = JobItem.shard(id);
        AttributeValue key = AttributeValue.fromS("not-a-job-id-" + JobId.random());
        database.client()
                .putItem(request -> request.tableName(database.table())
                        .item(Map.of(
                                JobTable.JOB_ID, key,
                                JobTable.CHECK_SHARD, shard,
                                JobTable.CHECK_AT, JobItem.time(NOW))));
        clock.advance(CHECK_AFTER);

        JobRecovery.DueEntries due = recovery.due(Integer.parseInt(shard.n()), 1000);
        assertThat(due.ids()).contains(id);
        assertThat(due.unreadable()).containsExactly(key.s());
        assertThat(due.size()).isEqualTo(due.ids().size() + 1);

        recovery.parkUnreadable(key.s(), clock.instant().plusSeconds(600));
        assertThat(recovery.due(Integer.parseInt(shard.n()), 1000).unreadable()).isEmpty();
        assertThat(recovery.listParked(1000)).extracting(ParkedJob::jobId).contains(key.s());
        database.client()
                .deleteItem(request -> request.tableName(database.table()).key(Map.of(JobTable.JOB_ID, key)));
    }

    private void writePriority(JobId id, String priority) {
        database.client()
                .updateItem(request -> request.tableName(database.table())
                        .key(ConditionalUpdate.key(id))
                        .updateExpression("SET #p = :p")
                        .expressionAttributeNames(Map.of("#p", JobItem.PRIORITY))
                        .expressionAttributeValues(Map.of(":p", AttributeValue.fromS(priority))));
    }

    @Test
    void failsJobsPastTheirStartDeadline() {
        NewJob job = aJob().startBy(NOW.plusSeconds(5)).build();
        store.submit(job);
        Due due = due(job.id());
        assertThat(recovery.failUnstarted(due)).isTrue();
        assertThat(recovery.failUnstarted(due)).isFalse();
        assertThat(stored(due).status()).isEqualTo(JobStatus.FAILED);
        assertThat(stored(due).error())
                .satisfies(error -> assertThat(error.code()).isEqualTo("start-deadline-exceeded"));
    }

    @Test
    void doesNotFailWhatWasStartedMeanwhile() {
        JobId id = routed();
        Due due = due(id);
        store.claim(id, 1, EAST, WORKER, LEASE);
        assertThat(recovery.failUnstarted(due)).isFalse();
    }

    @Test
    void aDeadLetterEndsTheJobThatWaitsForIt() {
        JobId id = routed();
        assertThat(recovery.deadLetter(id, 1, ERROR)).isEqualTo(LetterOutcome.FAILED);
        assertThat(store.find(id).orElseThrow().error()).isEqualTo(ERROR);
        assertThat(recovery.deadLetter(id, 1, ERROR)).isEqualTo(LetterOutcome.FAILED_BEFORE);
        clock.advance(Duration.ofDays(1));
        assertThat(recovery.check(id)).isEmpty();
    }

    @Test
    void aDeadLetterWaitsForTheWorkerThatHoldsItsJob() {
        Job job = claimed();
        assertThat(recovery.deadLetter(job.id(), 1, ERROR)).isEqualTo(LetterOutcome.HELD);
        clock.advance(LEASE);
        assertThat(recovery.deadLetter(job.id(), 1, ERROR)).isEqualTo(LetterOutcome.FAILED);
        assertThat(store.find(job.id()).orElseThrow().lease()).isNull();
        assertThat(store.heartbeat(job, LEASE, 1, List.of())).isEqualTo(HeartbeatOutcome.LEASE_LOST);
    }

    @Test
    void aDeadLetterOfAJobThatWentOnIsObsolete() {
        JobId rerouted = routed();
        store.route(rerouted, 1, EAST);
        assertThat(recovery.deadLetter(rerouted, 1, ERROR)).isEqualTo(LetterOutcome.OBSOLETE);
        Job completed = claimed();
        store.complete(completed, RESULT, List.of());
        assertThat(recovery.deadLetter(completed.id(), 1, ERROR)).isEqualTo(LetterOutcome.OBSOLETE);
        JobId cancelled = routed();
        control.cancel(cancelled, null);
        assertThat(recovery.deadLetter(cancelled, 1, ERROR)).isEqualTo(LetterOutcome.OBSOLETE);
        JobId retried = routed();
        recovery.deadLetter(retried, 1, ERROR);
        control.retry(retried, null);
        assertThat(recovery.deadLetter(retried, 1, ERROR)).isEqualTo(LetterOutcome.OBSOLETE);
    }

    @Test
    void aDeadLetterThatNoJobHadIsUnknown() {
        assertThat(recovery.deadLetter(JobId.random(), 1, ERROR)).isEqualTo(LetterOutcome.UNKNOWN);
        JobId id = routed();
        assertThat(recovery.deadLetter(id, 7, ERROR)).isEqualTo(LetterOutcome.UNKNOWN);
        assertThat(store.find(id).orElseThrow().status()).isEqualTo(JobStatus.PENDING);
    }

    @Test
    void aRetriedJobIsDueAgain() {
        JobId id = submitted();
        control.cancel(id, null);
        clock.advance(Duration.ofHours(1));
        control.retry(id, null);
        assertThat(recovery.check(id)).isEmpty();
        clock.advance(CHECK_AFTER);
        assertThat(due()).contains(id);
        assertThat(recovery.check(id)).isPresent();
    }

    private JobId submitted() {
        NewJob job = aJob().build();
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

    /** The job once it is to be looked at. */
    private Due due(JobId id) {
        clock.advance(CHECK_AFTER);
        return recovery.check(id).orElseThrow();
    }

    private List<JobId> due() {
        List<JobId> due = new ArrayList<>();
        for (int shard = 0; shard < JobTable.CHECK_SHARDS; shard++) {
            due.addAll(recovery.due(shard, 1000).ids());
        }
        return due;
    }

    private Job stored(Due due) {
        return store.find(due.job().id()).orElseThrow();
    }
}
