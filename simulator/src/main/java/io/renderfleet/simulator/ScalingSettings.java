package io.renderfleet.simulator;

/**
 * What the workers' template says about scaling. Times are in seconds.
 *
 * @param slots jobs that a task runs at a time
 * @param cpuUnits of a task; 1024 are one virtual CPU
 * @param memoryMiB of a task
 * @param architecture {@code ARM64} or {@code X86_64}
 * @param backlogPerTask what target tracking aims at, in jobs that wait or run
 * @param onDemandBase tasks that are never reclaimed, before any runs on Spot
 * @param onDemandWeight share of further tasks that are never reclaimed
 * @param spotWeight share of further tasks on Spot
 */
record ScalingSettings(
        int slots,
        int cpuUnits,
        int memoryMiB,
        String architecture,
        int minTasks,
        int maxTasks,
        double backlogPerTask,
        int scaleOutCooldown,
        int scaleInCooldown,
        Wake wake,
        int onDemandBase,
        int onDemandWeight,
        int spotWeight) {

    /**
     * The step that leads out of zero.
     *
     * @param threshold figure of the alarm at which it is on
     * @param points minutes in a row that it takes
     * @param step tasks that are added
     */
    record Wake(double threshold, int points, int step, int cooldown) {}

    ScalingSettings {
        if (slots < 1 || minTasks < 0 || maxTasks < Math.max(1, minTasks) || !(backlogPerTask > 0)) {
            throw new IllegalArgumentException("no fleet has " + slots + " slots a task, " + minTasks + " to "
                    + maxTasks + " tasks and a target of " + backlogPerTask);
        }
        if (onDemandWeight == 0 && spotWeight == 0) {
            throw new IllegalArgumentException("both shares of the capacity are 0");
        }
    }

    /** A number of tasks, held between the fewest and the most. */
    int clamp(double tasks) {
        return (int) Math.max(minTasks, Math.min(maxTasks, tasks));
    }

    ScalingSettings withTarget(double target) {
        return with(minTasks, maxTasks, target, scaleOutCooldown, scaleInCooldown, wake);
    }

    ScalingSettings withTasks(int fewest, int most) {
        return with(fewest, most, backlogPerTask, scaleOutCooldown, scaleInCooldown, wake);
    }

    ScalingSettings withScaleOutCooldown(int seconds) {
        return with(minTasks, maxTasks, backlogPerTask, seconds, scaleInCooldown, wake);
    }

    ScalingSettings withScaleInCooldown(int seconds) {
        return with(minTasks, maxTasks, backlogPerTask, scaleOutCooldown, seconds, wake);
    }

    ScalingSettings withWakeCooldown(int seconds) {
        Wake changed = new Wake(wake.threshold(), wake.points(), wake.step(), seconds);
        return with(minTasks, maxTasks, backlogPerTask, scaleOutCooldown, scaleInCooldown, changed);
    }

    ScalingSettings withCapacity(int base, int onDemand, int spot) {
        return new ScalingSettings(
                slots,
                cpuUnits,
                memoryMiB,
                architecture,
                minTasks,
                maxTasks,
                backlogPerTask,
                scaleOutCooldown,
                scaleInCooldown,
                wake,
                base,
                onDemand,
                spot);
    }

    private ScalingSettings with(int fewest, int most, double target, int out, int in, Wake changedWake) {
        return new ScalingSettings(
                slots,
                cpuUnits,
                memoryMiB,
                architecture,
                fewest,
                most,
                target,
                out,
                in,
                changedWake,
                onDemandBase,
                onDemandWeight,
                spotWeight);
    }
}
