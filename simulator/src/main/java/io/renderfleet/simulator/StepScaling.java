package io.renderfleet.simulator;

import java.util.List;
import java.util.NavigableMap;

/**
 * Step scaling with its alarm. Each step applies from a value of the metric. During the cooldown a larger step adds
 * only its difference to the previous one, and no tasks are removed.
 */
final class StepScaling implements ScalingPolicy {
    private static final int NEVER = Integer.MIN_VALUE / 2;

    private final Alarm alarm;
    private final NavigableMap<Double, Integer> steps;
    private final int cooldown;
    private final ScalingSettings settings;
    private int actedAt = NEVER;
    private int added;

    /**
     * Creates a policy.
     *
     * @param alarm the alarm, which must be in alarm at the lowest value of the steps
     * @param steps the number of tasks to add, or to remove if negative, by the value from which the step applies
     * @param cooldown the cooldown in seconds
     * @param settings the smallest and the largest number of tasks
     */
    StepScaling(Alarm alarm, NavigableMap<Double, Integer> steps, int cooldown, ScalingSettings settings) {
        this.alarm = alarm;
        this.steps = steps;
        this.cooldown = cooldown;
        this.settings = settings;
    }

    @Override
    public int desired(int second, List<MinuteSample> minutes, int desired) {
        var step = steps.floorEntry(alarm.figure().applyAsDouble(minutes.getLast()));
        if (step == null || !alarm.isOn(minutes)) {
            return desired;
        }
        boolean cooling = second - actedAt < cooldown;
        int change = step.getValue() - (cooling ? added : 0);
        if (cooling && change <= 0) {
            return desired;
        }
        int wanted = settings.clamp(desired + (double) change);
        if (wanted != desired) {
            actedAt = second;
            added = step.getValue();
        }
        return wanted;
    }
}
