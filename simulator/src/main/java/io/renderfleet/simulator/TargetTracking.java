package io.renderfleet.simulator;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Target tracking as AWS documents it and as its alarms show it: a scale-out after three minutes above the target, a
 * scale-in after fifteen minutes below 90 percent of it, each to {@code ceil(desired x figure / target)} tasks.
 *
 * <p>During the cooldown after a scale-out, another scale-out is possible; it is computed from the count before the
 * first one. The cooldown after a scale-in prevents another scale-in, and ends with a scale-out.
 *
 * <p>AWS publishes no further details. The computation starts from the service's desired count, because that is the
 * scaled dimension. Zero tasks remain zero. AWS also states that a scale-in is "more gradual", without details;
 * {@code inMinutes} allows to simulate an interpretation of that.
 */
final class TargetTracking implements ScalingPolicy {
    static final int OUT_POINTS = 3;
    static final int IN_POINTS = 15;
    static final double IN_SHARE = 0.9;

    private static final int NEVER = Integer.MIN_VALUE / 2;

    private final ToDoubleFunction<MinuteSample> figure;
    private final double target;
    private final ScalingSettings settings;
    private final int inMinutes;
    private final Alarm high;
    private final Alarm low;
    private int outAt = NEVER;
    private int inAt = NEVER;
    private int before;

    /** Creates a policy with the cooldowns and the limits of the settings, and another target. */
    TargetTracking(ToDoubleFunction<MinuteSample> figure, double target, ScalingSettings settings) {
        this(figure, target, settings, 1);
    }

    /**
     * Creates a policy whose scale-in leaves enough tasks for the busiest of several minutes.
     *
     * @param inMinutes the number of last minutes that a scale-in takes into account, 1 to {@link #IN_POINTS}
     */
    TargetTracking(ToDoubleFunction<MinuteSample> figure, double target, ScalingSettings settings, int inMinutes) {
        this.figure = figure;
        this.target = target;
        this.settings = settings;
        this.inMinutes = inMinutes;
        high = new Alarm(figure, value -> value > target, OUT_POINTS);
        low = new Alarm(figure, value -> value < IN_SHARE * target, IN_POINTS);
    }

    @Override
    public int desired(int second, List<MinuteSample> minutes, int desired) {
        if (high.isOn(minutes)) {
            return out(second, figure.applyAsDouble(minutes.getLast()) / target, desired);
        }
        if (low.isOn(minutes) && second - inAt >= settings.scaleInCooldown()) {
            int wanted = settings.clamp(Math.ceil(desired * busiest(minutes) / target));
            if (wanted < desired) {
                inAt = second;
                return wanted;
            }
        }
        return desired;
    }

    private double busiest(List<MinuteSample> minutes) {
        return minutes.subList(minutes.size() - inMinutes, minutes.size()).stream()
                .mapToDouble(figure)
                .max()
                .orElse(0);
    }

    private int out(int second, double share, int desired) {
        boolean cooling = second - outAt < settings.scaleOutCooldown();
        int from = cooling ? before : desired;
        int wanted = settings.clamp(Math.ceil(from * share));
        if (wanted <= desired) {
            return desired;
        }
        if (!cooling) {
            before = desired;
            outAt = second;
        }
        inAt = NEVER;
        return wanted;
    }
}
