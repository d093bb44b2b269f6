package io.renderfleet.simulator;

import java.util.ArrayList;
import java.util.List;

/** A task with its slots, from the wish to have it until it has stopped. */
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

    /** Since Spot's notice: it ends what runs and takes nothing new, and ECS counts it no more. */
    boolean isStopping(int second) {
        return second >= reclaimedAt;
    }

    boolean isRunning(int second) {
        return !isStarting(second) && !isStopping(second);
    }

    /** Its last job is ended or handed back. */
    boolean hasStopped(int second) {
        return isStopping(second) && jobs.isEmpty();
    }

    /** While it works and a little after, it asks ECS not to choose it at a scale-in. */
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

    /** Ends the jobs that are due, and returns those that it hands back because its grace is over. */
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
