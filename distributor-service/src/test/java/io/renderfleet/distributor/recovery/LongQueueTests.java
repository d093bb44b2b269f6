package io.renderfleet.distributor.recovery;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.distributor.dispatch.ForwardedSamples;
import io.renderfleet.distributor.recovery.QueueEvidence.QueueKey;
import io.renderfleet.distributor.recovery.RecoveryPolicy.RecoveryAction;
import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobRecovery.Due;
import io.renderfleet.job.JobRecovery.Progress;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTags;
import io.renderfleet.job.NewJob;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A region's queue over an hour of a clock that the test drives, with the watchdog's decisions on every job in it: what
 * a queue is made of, how far it has got, and who is presumed lost.
 */
class LongQueueTests {
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final Duration SWEEP = Duration.ofSeconds(30);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00Z"));
    private final ForwardedSamples samples = new ForwardedSamples(clock);
    private final QueueEvidence evidence = new QueueEvidence(samples, this::progress, this::overSince, clock);
    private final RecoveryPolicy policy = new RecoveryPolicy(
            new RecoverySettings(SWEEP, 100, MINUTE, MINUTE, Duration.ofMinutes(15), Duration.ofSeconds(60)));

    private final Map<JobId, Waiting> jobs = new HashMap<>();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private final Set<JobId> resent = new HashSet<>();
    private int resends;
    private int reads;

    /** A job, when it is looked at next, and when it started. */
    private static final class Waiting {
        final Job job;
        Instant checkAt;
        Instant startedAt = Instant.MAX;

        Waiting(Job job) {
            this.job = job;
            this.checkAt = job.createdAt().plus(MINUTE);
        }
    }

    private List<Progress> progress(Collection<JobId> ids) {
        reads++;
        List<Progress> all = new ArrayList<>();
        for (JobId id : ids) {
            Waiting one = jobs.get(id);
            if (one != null) {
                all.add(new Progress(
                        id, one.job.createdAt(), EAST, one.startedAt.equals(Instant.MAX) ? null : one.startedAt));
            }
        }
        return all;
    }

    private Optional<Instant> overSince(JobId id) {
        Waiting one = jobs.get(id);
        return one == null || !one.startedAt.equals(Instant.MAX) ? Optional.of(Instant.EPOCH) : Optional.empty();
    }

    /** One region, whose queue is what this test says. */
    private final class Fleet implements RecoveryPolicy.FleetView {
        private boolean refreshed;

        @Override
        public OptionalLong masterDepth(Job job) {
            return OptionalLong.of(0);
        }

        @Override
        public OptionalLong laneDepth(Job job, RegionId region) {
            QueueDepth depth = new QueueDepth(queue.size(), 1, 0);
            evidence.seen(QueueKey.of(job), depth);
            return OptionalLong.of(depth.total());
        }

        @Override
        public boolean wasEmpty(Job job, Instant notBefore) {
            return evidence.wasEmpty(QueueKey.of(job), notBefore);
        }

        @Override
        public boolean wasIdle(Job job, Instant notBefore) {
            return evidence.wasIdle(QueueKey.of(job), notBefore);
        }

        @Override
        public boolean isOvertaken(Job job, Instant since, Duration much) {
            if (!refreshed) {
                refreshed = true;
                evidence.refresh(EAST, job.pool(), Lane.of(job));
            }
            return evidence.isOvertaken(job, since, much);
        }

        @Override
        public void presumedLost(Job job) {
            evidence.presumedLost(job);
        }

        @Override
        public void movedAway(Job job, RegionId region) {}

        @Override
        public long load(Job job, RegionId region) {
            return queue.size();
        }

        @Override
        public boolean isDrained(RegionId region) {
            return false;
        }

        @Override
        public boolean isUnreachable(Job job, RegionId region) {
            return false;
        }

        @Override
        public List<RegionId> open(Job job) {
            return List.of(EAST);
        }
    }

    private Waiting forward(NewJob job) {
        Waiting waiting = new Waiting(new Job(
                job.id(),
                job.userId(),
                job.type(),
                job.pool(),
                job.payload(),
                job.requestHash(),
                job.priority(),
                job.orderingKey(),
                List.of(),
                job.limits(),
                JobStatus.PENDING,
                EAST,
                1,
                0,
                0,
                null,
                0,
                false,
                clock.instant(),
                clock.instant(),
                null,
                clock.instant(),
                null,
                List.of(),
                null,
                List.of(),
                null,
                null,
                clock.instant().plus(Duration.ofDays(30)),
                job.orderingKey() == null ? 0 : 1,
                null,
                CompletionRequest.NONE,
                null,
                JobTags.NONE));
        jobs.put(job.id(), waiting);
        samples.forwarded(EAST, JobMessage.of(waiting.job));
        return waiting;
    }

    private NewJob jobOf(String user) {
        return aJob().user(user).createdAt(clock.instant()).build();
    }

    private void start(Waiting waiting) {
        waiting.startedAt = clock.instant();
    }

    private void sweep() {
        Fleet fleet = new Fleet();
        for (Waiting waiting : List.copyOf(jobs.values())) {
            if (waiting.startedAt.equals(Instant.MAX) && !waiting.checkAt.isAfter(clock.instant())) {
                switch (policy.of(new Due(waiting.job, waiting.checkAt, null, false), fleet, clock.instant())) {
                    case RecoveryAction.Wait(Instant until) -> waiting.checkAt = until;
                    case RecoveryAction.Reroute(RecoveryPolicy.Cause cause, Instant until) -> {
                        assertThat(cause).isEqualTo(RecoveryPolicy.Cause.MESSAGE_LOST);
                        fleet.presumedLost(waiting.job);
                        resends++;
                        resent.add(waiting.job.id());
                        waiting.checkAt = until;
                    }
                    case RecoveryAction.Resend _, RecoveryAction.Fail _ ->
                        throw new AssertionError("not of a routed job");
                }
            }
        }
    }

    @Test
    void fiveThousandJobsOfManyUsersThatWaitForAnHourAreNotSentAgain() {
        for (int i = 0; i < 5000; i++) {
            queue.add(forward(jobOf("user-" + i % 100)));
            clock.advance(Duration.ofMillis(20));
        }
        for (int minute = 0; minute < 60; minute++) {
            for (int half = 0; half < 2; half++) {
                sweep();
                clock.advance(SWEEP);
                // The queue is worked off from its head, and stays as long as it is.
                start(queue.removeFirst());
                queue.add(forward(jobOf("user-" + minute)));
            }
        }
        System.out.printf("5,000 jobs of 100 users, one hour: %d resends, %d reads%n", resends, reads);
        assertThat(resends).isZero();
        assertThat(reads).isLessThanOrEqualTo(120);
    }

    @Test
    void fiveThousandJobsOfOneUserThatOthersPassInAFairQueueAreHardlySentAgain() {
        for (int i = 0; i < 5000; i++) {
            queue.add(forward(jobOf("busy")));
            clock.advance(Duration.ofMillis(20));
        }
        for (int turn = 0; turn < 120; turn++) {
            sweep();
            clock.advance(SWEEP);
            // The jobs of quiet users start at once, and one of the busy user's now and then.
            start(forward(jobOf("quiet-" + turn)));
            start(queue.removeFirst());
        }
        System.out.printf("5,000 jobs of one user, passed by others: %d resends, %d reads%n", resends, reads);
        assertThat(resends).isLessThan(10);
    }

    @Test
    void fiveThousandOrderingKeysThatWaitForAnHourAreHardlySentAgain() {
        for (int i = 0; i < 5000; i++) {
            queue.add(forward(aJob().user("user-" + i)
                    .orderingKey("key-" + i)
                    .createdAt(clock.instant())
                    .build()));
            clock.advance(Duration.ofMillis(20));
        }
        for (int turn = 0; turn < 120; turn++) {
            sweep();
            clock.advance(SWEEP);
        }
        System.out.printf("5,000 ordering keys, nothing starts: %d resends, %d reads%n", resends, reads);
        assertThat(resends).isLessThan(15);
    }

    @Test
    void findsALostMessageInAQueueThatIsNeverEmptyOnceLaterJobsOfItsUserHaveStarted() {
        Waiting lost = forward(jobOf("busy"));
        Duration waited = turnUntilFound(lost, "busy");
        assertThat(waited).isLessThan(Duration.ofMinutes(45));
        assertThat(resent).containsExactly(lost.job.id());
    }

    @Test
    void findsALostMessageOfAUserWithASingleJobInAQueueThatIsNeverEmpty() {
        Waiting lost = forward(jobOf("alone"));
        Duration waited = turnUntilFound(lost, "busy");
        assertThat(waited).isLessThan(Duration.ofMinutes(45));
        assertThat(resent).containsExactly(lost.job.id());
    }

    /** A queue of ten jobs that wait five minutes each, as others come behind them. */
    private Duration turnUntilFound(Waiting lost, String others) {
        Instant begun = clock.instant();
        while (!resent.contains(lost.job.id()) && clock.instant().isBefore(begun.plus(Duration.ofHours(2)))) {
            queue.add(forward(jobOf(others)));
            if (queue.size() > 10) {
                start(queue.removeFirst());
            }
            clock.advance(SWEEP);
            sweep();
        }
        return Duration.between(begun, clock.instant());
    }
}
