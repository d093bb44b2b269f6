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
 * Decides how to recover an open job that has not progressed for a while. Pure: the decision depends only on the
 * arguments.
 *
 * <p>A message is presumed lost only on evidence, never merely because its job has waited for a long time: its queue
 * was seen empty after the message was sent, or jobs that were sent to the same queue much later have left it. Without
 * that rule, every job in a long queue would be sent again, and the copies would count as backlog. A wrong presumption
 * costs one message, which is dropped when it is routed or claimed. A new route epoch voids every older message of the
 * job, so that the job cannot run twice.
 */
final class RecoveryPolicy {
    /** The maximum interval between checks of a job that needs no recovery; the intervals double up to it. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** A job moves to another region only if the load there is at most 1/2 of the load of its own region. */
    private static final int MIN_LOAD_RATIO = 2;

    private final RecoverySettings settings;

    RecoveryPolicy(RecoverySettings settings) {
        this.settings = settings;
    }

    /** What the watchdog does. */
    sealed interface RecoveryAction {
        /** Nothing is wrong, or nothing can be done yet. Check the job again at this time. */
        record Wait(Instant until) implements RecoveryAction {}

        /**
         * The message to the distributor is lost. Send it again with the same route epoch, and check again at this
         * time.
         */
        record Resend(Instant until) implements RecoveryAction {}

        /** Send the job to the distributor with a new route epoch, and check again at this time. */
        record Reroute(Cause cause, Instant until) implements RecoveryAction {}

        /** The job has not started in time. End it as FAILED. */
        record Fail() implements RecoveryAction {}
    }

    /** Why a job is routed again. The name in lower case with hyphens is a value of the tag {@code cause}. */
    enum Cause {
        MESSAGE_LOST,
        WORKER_LOST,
        REGION_DRAINED,
        REGION_UNREACHABLE,
        WAITED_TOO_LONG
    }

    /** The current state of the fleet as it concerns a job. Values are read only when they are needed. */
    interface FleetView {
        /** The number of messages on the master queue of the job's pool and lane; empty when SQS does not respond. */
        OptionalLong masterDepth(Job job);

        /** The number of messages in the region's queue of the job's pool and lane; empty when SQS does not respond. */
        OptionalLong laneDepth(Job job, RegionId region);

        /** Whether the queue where the job waits was seen without any message at this time or later. */
        boolean wasEmpty(Job job, Instant notBefore);

        /**
         * Whether the queue where the job waits was seen, at this time or later, with no messages except messages in
         * flight.
         */
        boolean wasIdle(Job job, Instant notBefore);

        /**
         * Whether jobs that were sent to the same queue much later have left it.
         *
         * @param since the time since which the job has waited for its message
         * @param much the time by which the other jobs must have been sent later
         */
        boolean isOvertaken(Job job, Instant since, Duration much);

        /** Records that the message of the job is presumed lost and is sent again. */
        void presumedLost(Job job);

        /** Records that a job leaves this region for one with a shorter queue. */
        void movedAway(Job job, RegionId region);

        /** The number of jobs of the job's pool that wait or run in a region. */
        long load(Job job, RegionId region);

        boolean isDrained(RegionId region);

        /** Whether the queues of the job's pool in the region do not respond. */
        boolean isUnreachable(Job job, RegionId region);

        /** The regions in which the job may run and that take jobs now. */
        Iterable<RegionId> open(Job job);
    }

    /** Decides what to do about a job that is due for a check. */
    RecoveryAction of(Due due, FleetView fleet, Instant now) {
        Job job = due.job();
        if (job.isPastStart(now)) {
            return new RecoveryAction.Fail();
        }
        if (job.status() == JobStatus.PROCESSING) {
            return held(job, Objects.requireNonNull(job.lease(), "A PROCESSING job has a lease"), fleet, now);
        }
        if (due.unsent()) {
            // The route epoch was increased, but it is not recorded that the message was sent.
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
        // Messages that wait for room are in flight, so an idle master queue is no evidence; only an empty one is.
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
                        || fleet.isOvertaken(job, since, settings.rerouteAfter()));
    }

    private RecoveryAction routed(
            Due due, RegionId region, FleetView fleet, Duration waited, Instant again, Instant now) {
        Job job = due.job();
        boolean elsewhere = false;
        boolean shorter = false;
        for (RegionId other : fleet.open(job)) {
            if (!other.equals(region)) {
                elsewhere = true;
                shorter |= (fleet.load(job, other) + 1) * MIN_LOAD_RATIO <= fleet.load(job, region);
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
        // The message is visible again by now. If workers of the region receive messages, one of them takes the job
        // over.
        RegionId region = Objects.requireNonNull(job.region(), "A PROCESSING job has a region");
        OptionalLong depth = fleet.laneDepth(job, region);
        boolean unreachable = fleet.isDrained(region) || fleet.isUnreachable(job, region) || depth.isEmpty();
        boolean messageLost = depth.isPresent() && depth.getAsLong() == 0;
        Duration overdue = Duration.between(lease.until(), now);
        return unreachable || messageLost || overdue.compareTo(settings.rerouteAfter()) >= 0
                ? new RecoveryAction.Reroute(Cause.WORKER_LOST, now.plus(settings.lostAfter()))
                : new RecoveryAction.Wait(now.plus(bounded(overdue)));
    }

    /**
     * Doubles the age at each check, within bounds, so that a job that needs no recovery is checked only a few times.
     */
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
