package io.renderfleet.distributor.recovery;

import io.renderfleet.job.Job;
import io.renderfleet.job.Job.Lease;
import io.renderfleet.job.JobRecovery.Due;
import io.renderfleet.job.JobStatus;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What is to be done about an open job that has not moved for a while. Pure: the same values give the same answer.
 *
 * <p>A message is presumed lost only on evidence, never because its job has waited for long: its queue was seen empty
 * after the message was sent, or jobs that were sent to the same queue much later have gone on. Without that rule every
 * job in a long queue would be sent again, and the copies would count as backlog. A wrong guess costs a message that is
 * dropped where it arrives; a new route epoch voids every older message of the job, so that no copy of it can run twice.
 */
final class RecoveryPolicy {
    /** Looks at a job that is well come at doubling distances up to this one. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** A region is much shorter of work when it has less than half of the other's, and that is worth a move. */
    private static final int MUCH = 2;

    private final RecoverySettings settings;

    RecoveryPolicy(RecoverySettings settings) {
        this.settings = settings;
    }

    /** What to do. */
    sealed interface RecoveryAction {
        /** Nothing is wrong, or nothing can be done yet: look again then. */
        record Wait(Instant until) implements RecoveryAction {}

        /** Its message is lost on the way to the distributor: send it there once more, as it was, and look again then. */
        record Resend(Instant until) implements RecoveryAction {}

        /** Give it a new route epoch and send it to the distributor, and look again then. */
        record Reroute(Cause cause, Instant until) implements RecoveryAction {}

        /** It has not started in time: it is FAILED. */
        record Fail() implements RecoveryAction {}
    }

    /** Why a job is sent anew. */
    enum Cause {
        MESSAGE_LOST,
        WORKER_LOST,
        REGION_DRAINED,
        REGION_UNREACHABLE,
        WAITED_TOO_LONG
    }

    /** What is known of the fleet at the moment, as far as it concerns a job; asked for only when it is needed. */
    interface FleetView {
        /** How many messages are on the master queue of the job's pool and lane; empty when SQS does not say. */
        OptionalLong masterDepth(Job job);

        /** How many messages are in the region's queue of the job's pool and lane; empty when SQS does not say. */
        OptionalLong laneDepth(Job job, RegionId region);

        /** Whether the queue where the job waits was seen without any message at this time or later. */
        boolean wasEmpty(Job job, Instant notBefore);

        /**
         * Whether the queue where the job waits was seen, at this time or later, with no message but those that
         * somebody had in hand.
         */
        boolean wasIdle(Job job, Instant notBefore);

        /**
         * Whether jobs that were sent to the same queue much later have gone on.
         *
         * @param since since when the job has waited for its message
         * @param much how much later
         */
        boolean isPassed(Job job, Instant since, Duration much);

        /** Hears that the job's message was presumed lost, and is being sent again. */
        void presumedLost(Job job);

        /** Hears that a job leaves this region for one with a shorter queue. */
        void movedAway(Job job, RegionId region);

        /** How much of the job's pool waits and runs in a region. */
        long load(Job job, RegionId region);

        boolean isDrained(RegionId region);

        /** Whether the queues of the job's pool in the region do not answer. */
        boolean isUnreachable(Job job, RegionId region);

        /** The regions that the job may run in and that take jobs now. */
        Iterable<RegionId> open(Job job);
    }

    RecoveryAction of(Due due, FleetView fleet, Instant now) {
        Job job = due.job();
        if (job.isPastStart(now)) {
            return new RecoveryAction.Fail();
        }
        if (job.status() == JobStatus.PROCESSING) {
            return held(job, Objects.requireNonNull(job.lease(), "a running job is held"), fleet, now);
        }
        if (due.unsent()) {
            // Its route epoch was raised, and the message for it was not sent, or nobody was left to say that it was.
            return new RecoveryAction.Resend(beforeStart(job, now.plus(settings.lostAfter())));
        }
        Duration waited = Duration.between(job.updatedAt(), now);
        Instant again = now.plus(bounded(waited));
        if (waited.compareTo(settings.lostAfter()) < 0) {
            return new RecoveryAction.Wait(beforeStart(job, job.updatedAt().plus(settings.lostAfter())));
        }
        RegionId region = job.region();
        return region == null ? unrouted(due, fleet, now, again) : routed(due, region, fleet, waited, again, now);
    }

    private RecoveryAction unrouted(Due due, FleetView fleet, Instant now, Instant again) {
        Job job = due.job();
        OptionalLong depth = fleet.masterDepth(job);
        // A master queue that is idle holds what waits for room in a region, so that only an empty one says anything.
        boolean lost = depth.isPresent() && isLost(due, depth.getAsLong(), fleet, now);
        return lost
                ? new RecoveryAction.Resend(beforeStart(job, again))
                : new RecoveryAction.Wait(beforeStart(job, again));
    }

    /** Whether there is evidence that the message for which a job waits is lost. */
    private boolean isLost(Due due, long depth, FleetView fleet, Instant now) {
        Job job = due.job();
        Instant since = due.waitingSince();
        Instant settled = since.plus(settings.lostAfter());
        if (now.isBefore(settled)) {
            return false;
        }
        if (depth == 0 || fleet.wasEmpty(job, settled)) {
            return true;
        }
        Instant late = since.plus(settings.rerouteAfter());
        return !now.isBefore(late)
                && ((job.region() != null && fleet.wasIdle(job, late))
                        || fleet.isPassed(job, since, settings.rerouteAfter()));
    }

    private RecoveryAction routed(
            Due due, RegionId region, FleetView fleet, Duration waited, Instant again, Instant now) {
        Job job = due.job();
        boolean elsewhere = false;
        boolean shorter = false;
        for (RegionId other : fleet.open(job)) {
            if (!other.equals(region)) {
                elsewhere = true;
                shorter |= (fleet.load(job, other) + 1) * MUCH <= fleet.load(job, region);
            }
        }
        Instant soon = beforeStart(job, job.updatedAt().plus(waited).plus(settings.lostAfter()));
        if (elsewhere && waited.compareTo(settings.unreachableAfter()) >= 0) {
            if (fleet.isDrained(region)) {
                return new RecoveryAction.Reroute(Cause.REGION_DRAINED, soon);
            }
            if (fleet.isUnreachable(job, region)) {
                return new RecoveryAction.Reroute(Cause.REGION_UNREACHABLE, soon);
            }
        }
        OptionalLong depth = fleet.laneDepth(job, region);
        if (depth.isPresent() && isLost(due, depth.getAsLong(), fleet, now)) {
            return new RecoveryAction.Reroute(Cause.MESSAGE_LOST, soon);
        }
        if (shorter && waited.compareTo(settings.rerouteAfter()) >= 0) {
            return new RecoveryAction.Reroute(Cause.WAITED_TOO_LONG, soon);
        }
        boolean troubled = fleet.isDrained(region) || fleet.isUnreachable(job, region) || depth.isEmpty();
        return new RecoveryAction.Wait(troubled ? soon : beforeStart(job, again));
    }

    private RecoveryAction held(Job job, Lease lease, FleetView fleet, Instant now) {
        Instant lost = lease.until().plus(settings.lostAfter());
        if (now.isBefore(lost)) {
            Instant started = Objects.requireNonNullElse(job.startedAt(), now);
            Instant again = now.plus(bounded(Duration.between(started, now)));
            return new RecoveryAction.Wait(again.isAfter(lost) ? again : lost);
        }
        // Its message is visible by now; where workers take messages, one of them takes it over.
        RegionId region = Objects.requireNonNull(job.region(), "a running job has a region");
        OptionalLong depth = fleet.laneDepth(job, region);
        boolean away = fleet.isDrained(region) || fleet.isUnreachable(job, region) || depth.isEmpty();
        boolean messageLost = depth.isPresent() && depth.getAsLong() == 0;
        Duration overdue = Duration.between(lease.until(), now);
        return away || messageLost || overdue.compareTo(settings.rerouteAfter()) >= 0
                ? new RecoveryAction.Reroute(Cause.WORKER_LOST, now.plus(settings.lostAfter()))
                : new RecoveryAction.Wait(now.plus(bounded(overdue)));
    }

    /** As long again as it has been, so that a job that is well is looked at a few times in its life. */
    private Duration bounded(Duration age) {
        Duration least = settings.lostAfter();
        if (age.compareTo(least) < 0) {
            return least;
        }
        return age.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : age;
    }

    private static Instant beforeStart(Job job, Instant then) {
        Instant startBy = job.limits().startBy();
        return startBy != null && job.attempt() == 0 && startBy.isBefore(then) ? startBy : then;
    }
}
