package io.renderfleet.simulator;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Target tracking as AWS documents it and as its alarms show it: out after three minutes above the target, in after
 * fifteen below nine tenths of it, each time to {@code ceil(desired x figure / target)}.
 *
 * <p>The cooldown after a scale-out does not forbid the next one: what the first one added counts as part of it, so the
 * next is reckoned from the number before. The one after a scale-in forbids scaling in, and ends with a scale-out.
 *
 * <p>AWS publishes no more of its arithmetic than that; the number it starts from is the service's desired count, since
 * that is the dimension it scales. Zero tasks stay zero. It also says that scaling in is "more gradual", without saying
 * how; {@code inMinutes} is for trying what that may mean.
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

    /** With the cooldowns and the bounds of the settings; the target is given apart. */
    TargetTracking(ToDoubleFunction<MinuteSample> figure, double target, ScalingSettings settings) {
        this(figure, target, settings, 1);
    }

    /** @param inMinutes how many of the last minutes a scale-in leaves enough tasks for, 1 to {@link #IN_POINTS} */
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
