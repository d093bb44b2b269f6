package io.renderfleet.distributor.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.distributor.recovery.RecoveryPolicy.Cause;
import io.renderfleet.distributor.recovery.RecoveryPolicy.RecoveryAction;
import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.Job;
import io.renderfleet.job.Job.Lease;
import io.renderfleet.job.JobLimits;
import io.renderfleet.job.JobRecovery.Due;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTags;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.WorkerId;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecoveryPolicyTests {
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final RegionId OREGON = new RegionId("us-west-2");
    private static final Instant CREATED = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final RecoveryPolicy policy = new RecoveryPolicy(new RecoverySettings(
            Duration.ofSeconds(30), 100, MINUTE, MINUTE, Duration.ofMinutes(15), Duration.ofSeconds(60)));
    private final Fleet fleet = new Fleet();

    /** A fleet of two regions where all is well and nothing waits, until a test says otherwise. */
    private static final class Fleet implements RecoveryPolicy.FleetView {
        OptionalLong master = OptionalLong.of(0);
        final Map<RegionId, OptionalLong> lanes = new HashMap<>(Map.of(EAST, OptionalLong.of(5)));
        final Map<RegionId, Long> loads = new HashMap<>();
        Instant empty = Instant.MIN;
        Instant idle = Instant.MIN;
        Instant passedBy = Instant.MIN;
        final Set<RegionId> drained = new HashSet<>();
        final Set<RegionId> unreachable = new HashSet<>();

        @Override
        public OptionalLong masterDepth(Job job) {
            return master;
        }

        @Override
        public OptionalLong laneDepth(Job job, RegionId region) {
            return lanes.getOrDefault(region, OptionalLong.of(0));
        }

        @Override
        public boolean wasEmpty(Job job, Instant notBefore) {
            return !empty.isBefore(notBefore);
        }

        @Override
        public boolean wasIdle(Job job, Instant notBefore) {
            return !idle.isBefore(notBefore);
        }

        @Override
        public boolean isOvertaken(Job job, Instant since, Duration much) {
            return !passedBy.isBefore(since.plus(much));
        }

        @Override
        public void presumedLost(Job job) {}

        @Override
        public void movedAway(Job job, RegionId region) {}

        @Override
        public long load(Job job, RegionId region) {
            return loads.getOrDefault(region, 5L);
        }

        @Override
        public boolean isDrained(RegionId region) {
            return drained.contains(region);
        }

        @Override
        public boolean isUnreachable(Job job, RegionId region) {
            return unreachable.contains(region);
        }

        @Override
        public List<RegionId> open(Job job) {
            return List.of(EAST, OREGON).stream()
                    .filter(region -> job.allowedRegions().isEmpty()
                            || job.allowedRegions().contains(region))
                    .filter(region -> !drained.contains(region) && !unreachable.contains(region))
                    .toList();
        }
    }

    private static Job waiting(@Nullable RegionId region, RegionId... allowed) {
        return job(JobStatus.PENDING, region, null, new JobLimits(null, MINUTE, 5), allowed);
    }

    private static Job running(Instant leaseUntil) {
        return job(
                JobStatus.PROCESSING,
                EAST,
                new Lease(new WorkerId("w"), leaseUntil),
                new JobLimits(null, Duration.ofHours(3), 5));
    }

    private static Job job(
            JobStatus status, @Nullable RegionId region, @Nullable Lease lease, JobLimits limits, RegionId... allowed) {
        NewJob job = JobBuilder.aJob().createdAt(CREATED).build();
        return new Job(
                job.id(),
                job.userId(),
                job.type(),
                job.pool(),
                job.payload(),
                job.requestHash(),
                job.priority(),
                null,
                List.of(allowed),
                limits,
                status,
                region,
                region == null ? 0 : 1,
                lease == null ? 0 : 1,
                0,
                lease,
                0,
                false,
                CREATED,
                region == null ? null : CREATED,
                lease == null ? null : CREATED,
                CREATED,
                null,
                List.of(),
                null,
                List.of(),
                null,
                null,
                CREATED.plus(Duration.ofDays(30)),
                0,
                null,
                CompletionRequest.NONE,
                null,
                JobTags.NONE);
    }

    private RecoveryAction after(Duration wait, Job job) {
        return policy.of(due(job), fleet, CREATED.plus(wait));
    }

    private static Due due(Job job) {
        return new Due(job, CREATED.plus(MINUTE), null, false);
    }

    @Test
    void leavesAJobAloneThatHasNotWaitedLong() {
        assertThat(after(MINUTE.dividedBy(2), waiting(null))).isEqualTo(new RecoveryAction.Wait(CREATED.plus(MINUTE)));
    }

    @Test
    void repeatsAnUnroutedMessageWhenTheMasterQueueIsEmpty() {
        assertThat(after(MINUTE, waiting(null))).isInstanceOf(RecoveryAction.Resend.class);
        fleet.master = OptionalLong.of(3);
        assertThat(after(MINUTE, waiting(null))).isInstanceOf(RecoveryAction.Wait.class);
        fleet.master = OptionalLong.empty();
        assertThat(after(Duration.ofHours(1), waiting(null))).isInstanceOf(RecoveryAction.Wait.class);
    }

    @Test
    void waitsInALongQueueForAsLongAsItTakes() {
        fleet.master = OptionalLong.of(40_000);
        fleet.lanes.put(EAST, OptionalLong.of(40_000));
        for (int minutes = 1; minutes <= 12 * 60; minutes++) {
            assertThat(after(Duration.ofMinutes(minutes), waiting(null))).isInstanceOf(RecoveryAction.Wait.class);
            assertThat(after(Duration.ofMinutes(minutes), waiting(EAST))).isInstanceOf(RecoveryAction.Wait.class);
        }
    }

    @Test
    void presumesAMessageLostWhenItsQueueWasEmptyAfterItWasSent() {
        fleet.master = OptionalLong.of(3);
        fleet.empty = CREATED.plus(MINUTE).minusMillis(1);
        assertThat(after(Duration.ofMinutes(5), waiting(EAST))).isInstanceOf(RecoveryAction.Wait.class);
        assertThat(after(Duration.ofMinutes(5), waiting(null))).isInstanceOf(RecoveryAction.Wait.class);
        fleet.empty = CREATED.plus(MINUTE);
        assertThat(after(Duration.ofMinutes(5), waiting(EAST))).matches(sentBecauseOf(Cause.MESSAGE_LOST));
        assertThat(after(Duration.ofMinutes(5), waiting(null))).isInstanceOf(RecoveryAction.Resend.class);
    }

    @Test
    void presumesAMessageLostWhenJobsThatWereSentMuchLaterHaveStarted() {
        fleet.passedBy = CREATED.plus(Duration.ofMinutes(15));
        assertThat(after(Duration.ofMinutes(14), waiting(EAST))).isInstanceOf(RecoveryAction.Wait.class);
        assertThat(after(Duration.ofMinutes(20), waiting(EAST))).matches(sentBecauseOf(Cause.MESSAGE_LOST));
        fleet.passedBy = CREATED.plus(Duration.ofMinutes(14));
        assertThat(after(Duration.ofMinutes(20), waiting(EAST))).isInstanceOf(RecoveryAction.Wait.class);
    }

    @Test
    void presumesAMessageLostWhenNothingWaitsInItsQueueLongAfterItWasSent() {
        fleet.idle = CREATED.plus(Duration.ofMinutes(15));
        assertThat(after(Duration.ofMinutes(20), waiting(EAST))).matches(sentBecauseOf(Cause.MESSAGE_LOST));
        fleet.idle = CREATED.plus(Duration.ofMinutes(14));
        assertThat(after(Duration.ofMinutes(20), waiting(EAST))).isInstanceOf(RecoveryAction.Wait.class);
    }

    @Test
    void evidenceFromBeforeAMessageWasSentAgainCountsNoMore() {
        fleet.master = OptionalLong.of(3);
        fleet.empty = CREATED.plus(Duration.ofMinutes(4));
        Due resent = new Due(waiting(null), CREATED.plus(MINUTE), CREATED.plus(Duration.ofMinutes(5)), false);
        assertThat(policy.of(resent, fleet, CREATED.plus(Duration.ofMinutes(10))))
                .isInstanceOf(RecoveryAction.Wait.class);
    }

    @Test
    void sendsAtOnceAMessageThatIsNotKnownToHaveBeenSent() {
        fleet.master = OptionalLong.of(40_000);
        Due unsent = new Due(waiting(null), CREATED.plus(MINUTE), null, true);
        assertThat(policy.of(unsent, fleet, CREATED.plusSeconds(15))).isInstanceOf(RecoveryAction.Resend.class);
    }

    @Test
    void reroutesAJobWhoseRegionHasNoMessage() {
        fleet.lanes.put(EAST, OptionalLong.of(0));
        assertThat(after(MINUTE, waiting(EAST))).matches(sentBecauseOf(Cause.MESSAGE_LOST));
        fleet.lanes.put(EAST, OptionalLong.of(1));
        assertThat(after(MINUTE, waiting(EAST))).isInstanceOf(RecoveryAction.Wait.class);
    }

    @Test
    void movesAJobOutOfADrainedOrUnreachableRegionWhenThereIsAnother() {
        fleet.drained.add(EAST);
        assertThat(after(MINUTE, waiting(EAST))).matches(sentBecauseOf(Cause.REGION_DRAINED));
        assertThat(after(MINUTE, waiting(EAST, EAST))).isInstanceOf(RecoveryAction.Wait.class);
        fleet.drained.clear();
        fleet.unreachable.add(EAST);
        fleet.lanes.put(EAST, OptionalLong.empty());
        assertThat(after(MINUTE, waiting(EAST))).matches(sentBecauseOf(Cause.REGION_UNREACHABLE));
        fleet.unreachable.add(OREGON);
        assertThat(after(Duration.ofHours(2), waiting(EAST))).isInstanceOf(RecoveryAction.Wait.class);
    }

    @Test
    void movesAJobThatWaitedTooLongToAMuchShorterQueue() {
        fleet.loads.put(EAST, 100L);
        fleet.loads.put(OREGON, 40L);
        assertThat(after(Duration.ofMinutes(14), waiting(EAST))).isInstanceOf(RecoveryAction.Wait.class);
        assertThat(after(Duration.ofMinutes(15), waiting(EAST))).matches(sentBecauseOf(Cause.WAITED_TOO_LONG));
        fleet.loads.put(OREGON, 60L);
        assertThat(after(Duration.ofMinutes(15), waiting(EAST)))
                .isEqualTo(new RecoveryAction.Wait(CREATED.plus(Duration.ofMinutes(25))));
    }

    @Test
    void failsAJobThatHasNotStartedInTimeAndLooksNoLaterThanThat() {
        Job job = job(JobStatus.PENDING, EAST, null, new JobLimits(CREATED.plusSeconds(90), MINUTE, 5));
        assertThat(after(Duration.ofSeconds(70), job)).isEqualTo(new RecoveryAction.Wait(CREATED.plusSeconds(90)));
        assertThat(after(Duration.ofSeconds(90), job)).isInstanceOf(RecoveryAction.Fail.class);
    }

    @Test
    void leavesAJobToItsWorkerAndLooksAtDoublingDistances() {
        Instant now = CREATED.plus(Duration.ofMinutes(4));
        assertThat(policy.of(due(running(now.plusSeconds(60))), fleet, now))
                .isEqualTo(new RecoveryAction.Wait(now.plus(Duration.ofMinutes(4))));
    }

    @Test
    void leavesATakeOverToWorkersAsLongAsTheMessageIsThere() {
        Instant now = CREATED.plus(Duration.ofMinutes(10));
        Job job = running(now.minusSeconds(90));
        assertThat(policy.of(due(job), fleet, now)).isInstanceOf(RecoveryAction.Wait.class);
        fleet.lanes.put(EAST, OptionalLong.of(0));
        assertThat(policy.of(due(job), fleet, now)).matches(sentBecauseOf(Cause.WORKER_LOST));
        fleet.lanes.put(EAST, OptionalLong.of(1));
        fleet.drained.add(EAST);
        assertThat(policy.of(due(job), fleet, now)).matches(sentBecauseOf(Cause.WORKER_LOST));
    }

    private static Predicate<RecoveryAction> sentBecauseOf(Cause cause) {
        return treatment -> treatment instanceof RecoveryAction.Reroute anew && anew.cause() == cause;
    }
}
