package io.renderfleet.simulator;

import java.util.ArrayList;
import java.util.List;

/** A task with its slots, from its request until it has stopped. */
final class FargateTask {
    private final boolean spot;
    private final int runsFrom;
    private final int reclaimedAt;
    private final int slots;
    private final List<QueuedJob> jobs = new ArrayList<>();
    private int idleSince = Integer.MIN_VALUE / 2;

    /**
     * A task that starts.
     *
     * @param runsFrom the second from which on it takes jobs
     * @param reclaimedAt when Spot gives notice, beyond all simulations when it does not
     */
    FargateTask(boolean spot, int runsFrom, int reclaimedAt, int slots) {
        this.spot = spot;
        this.runsFrom = runsFrom;
        this.reclaimedAt = reclaimedAt;
        this.slots = slots;
    }

    boolean isSpot() {
        return spot;
    }

    boolean isStarting(int second) {
        return second < runsFrom;
    }

    /** After the Spot notice it finishes running jobs and takes no new ones, and ECS no longer counts it. */
    boolean isStopping(int second) {
        return second >= reclaimedAt;
    }

    boolean isRunning(int second) {
        return !isStarting(second) && !isStopping(second);
    }

    /** Whether its last job is finished or released. */
    boolean hasStopped(int second) {
        return isStopping(second) && jobs.isEmpty();
    }

    /** While it works and for a short time after, it is protected from scale-in. */
    boolean isProtected(int second) {
        return !jobs.isEmpty() || second - idleSince < Assumptions.PROTECTED_IDLE_SECONDS;
    }

    boolean hasFreeSlot() {
        return jobs.size() < slots;
    }

    int busySlots() {
        return jobs.size();
    }

    void take(QueuedJob job, int second) {
        job.start(second);
        jobs.add(job);
    }

    /** Finishes the jobs that are due, and returns those that it releases because its grace period is over. */
    List<QueuedJob> work(int second) {
        boolean worked = !jobs.isEmpty();
        jobs.removeIf(job -> {
            if (job.isDue(second)) {
                job.finish();
            }
            return job.isFinished();
        });
        List<QueuedJob> handedBack = List.of();
        if (!jobs.isEmpty() && second - Assumptions.GRACE_SECONDS >= reclaimedAt) {
            jobs.forEach(QueuedJob::interrupt);
            handedBack = List.copyOf(jobs);
            jobs.clear();
        }
        if (worked && jobs.isEmpty()) {
            idleSince = second;
        }
        return handedBack;
    }
}
