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
     * Creates a task that is starting.
     *
     * @param spot whether it runs on Spot
     * @param runsFrom the second from which it receives jobs
     * @param reclaimedAt the second of the Spot notice; later than the end of any simulation if there is none
     * @param slots the number of jobs that it runs at the same time
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

    /** Whether the Spot notice has been given. Such a task receives no new jobs, and ECS no longer counts it. */
    boolean isStopping(int second) {
        return second >= reclaimedAt;
    }

    boolean isRunning(int second) {
        return !isStarting(second) && !isStopping(second);
    }

    /** Whether its last job has finished or was released. */
    boolean hasStopped(int second) {
        return isStopping(second) && jobs.isEmpty();
    }

    /** Whether it is protected from scale-in: while it runs jobs and for a short time after. */
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

    /** Finishes the jobs that are due, and returns the jobs that it releases because its grace period has passed. */
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
