package io.renderfleet.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The ECS service, which keeps the desired number of tasks. It starts missing tasks at once, also in place of a task
 * that Spot reclaims, and always gets capacity. When there are too many tasks, it stops those that are still starting
 * first, and then those that are not protected. Protected tasks run until they are idle.
 */
final class EcsService {
    private static final double SECONDS_PER_HOUR = 3600;

    private final ScalingSettings settings;
    private final Random starts;
    private final Random reclaims;
    private final List<FargateTask> tasks = new ArrayList<>();
    private long onDemandSeconds;
    private long spotSeconds;

    /** Creates a service without tasks. */
    EcsService(ScalingSettings settings, Random starts, Random reclaims) {
        this.settings = settings;
        this.starts = starts;
        this.reclaims = reclaims;
    }

    List<FargateTask> tasks() {
        return Collections.unmodifiableList(tasks);
    }

    double onDemandHours() {
        return onDemandSeconds / SECONDS_PER_HOUR;
    }

    double spotHours() {
        return spotSeconds / SECONDS_PER_HOUR;
    }

    /**
     * Simulates one second: starts and stops tasks, and counts every task as billed, including those that are starting.
     */
    void keep(int desired, int second) {
        tasks.removeIf(task -> task.hasStopped(second));
        int count = 0;
        for (FargateTask task : tasks) {
            count += task.isStopping(second) ? 0 : 1;
        }
        for (; count < desired; count++) {
            tasks.add(start(second));
        }
        if (count > desired) {
            stop(count - desired, second);
        }
        for (FargateTask task : tasks) {
            if (task.isSpot()) {
                spotSeconds++;
            } else {
                onDemandSeconds++;
            }
        }
    }

    private FargateTask start(int second) {
        boolean spot = isNextSpot(second);
        int runsFrom = second
                + Assumptions.START_LEAST_SECONDS
                + starts.nextInt(Assumptions.START_MOST_SECONDS - Assumptions.START_LEAST_SECONDS + 1);
        // Reclaims are a Poisson process, so the time to the first one is distributed exponentially.
        double hours = -StrictMath.log(1 - reclaims.nextDouble()) / Assumptions.RECLAIMS_PER_TASK_HOUR;
        int reclaimedAt =
                spot ? (int) Math.min(Integer.MAX_VALUE, runsFrom + hours * SECONDS_PER_HOUR) : Integer.MAX_VALUE;
        return new FargateTask(spot, runsFrom, reclaimedAt, settings.slots());
    }

    /** The base comes first, and then the capacity provider that is furthest below its weight. */
    private boolean isNextSpot(int second) {
        int spot = 0;
        int onDemand = 0;
        for (FargateTask task : tasks) {
            if (!task.isStopping(second)) {
                spot += task.isSpot() ? 1 : 0;
                onDemand += task.isSpot() ? 0 : 1;
            }
        }
        int beyondBase = onDemand - settings.onDemandBase();
        return beyondBase >= 0
                && spot * settings.onDemandWeight() <= beyondBase * settings.spotWeight()
                && settings.spotWeight() > 0;
    }

    private void stop(int surplus, int second) {
        int left = surplus;
        for (int i = tasks.size() - 1; i >= 0 && left > 0; i--) {
            if (tasks.get(i).isStarting(second)) {
                tasks.remove(i);
                left--;
            }
        }
        for (int i = tasks.size() - 1; i >= 0 && left > 0; i--) {
            FargateTask task = tasks.get(i);
            if (task.isRunning(second) && !task.isProtected(second)) {
                tasks.remove(i);
                left--;
            }
        }
    }
}
