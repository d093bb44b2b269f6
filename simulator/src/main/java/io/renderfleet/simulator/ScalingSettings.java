package io.renderfleet.simulator;

/**
 * The scaling settings of the workers' template. Times are in seconds.
 *
 * @param slots the number of jobs that a task runs at the same time
 * @param cpuUnits the CPU units of a task; 1024 are one virtual CPU
 * @param memoryMiB the memory of a task in MiB
 * @param architecture {@code ARM64} or {@code X86_64}
 * @param backlogPerTask the target of target tracking, in waiting and running jobs per task
 * @param onDemandBase the number of on-demand tasks that start before any task on Spot
 * @param onDemandWeight the weight of on-demand tasks among further tasks
 * @param spotWeight the weight of Spot tasks among further tasks
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
     * The step policy that scales from zero.
     *
     * @param threshold the threshold of its alarm
     * @param points the number of consecutive minutes that the alarm needs
     * @param step the number of tasks to add
     * @param cooldown the cooldown in seconds
     */
    record Wake(double threshold, int points, int step, int cooldown) {}

    ScalingSettings {
        if (slots < 1 || minTasks < 0 || maxTasks < Math.max(1, minTasks) || !(backlogPerTask > 0)) {
            throw new IllegalArgumentException("invalid settings: " + slots + " slots per task, " + minTasks + " to "
                    + maxTasks + " tasks, a target of " + backlogPerTask);
        }
        if (onDemandWeight == 0 && spotWeight == 0) {
            throw new IllegalArgumentException("the weights of both capacity providers are 0");
        }
    }

    /** The number of tasks, limited to the smallest and the largest number. */
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
