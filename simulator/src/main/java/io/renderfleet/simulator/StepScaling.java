package io.renderfleet.simulator;

import java.util.List;
import java.util.NavigableMap;

/**
 * A step policy with its alarm. Each adjustment holds from a figure on; in the cooldown only what a larger step adds to
 * the step before is added, and nothing is taken away.
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
     * Of an alarm that is on already at the lowest figure of the steps.
     *
     * @param steps tasks to add, or to take away when negative, by the figure from which on they hold
     * @param cooldown in seconds
     * @param settings for their bounds
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
