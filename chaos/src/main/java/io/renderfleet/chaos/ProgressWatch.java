package io.renderfleet.chaos;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes a fleet that still makes progress from one that is stuck. The state is stuck if it has not changed for
 * longer than any recovery takes while every service was ready. Time in which a service was not ready does not count,
 * and a long gap between two observations counts only in part, because a machine that observes late also works late.
 */
final class ProgressWatch {
    private final Duration stuckAfter;
    private final Duration maxStep;
    private @Nullable Object state;
    private Duration unchanged = Duration.ZERO;

    /**
     * Watches from now on.
     *
     * @param stuckAfter the time without a change after which it is stuck
     * @param maxStep the most that one interval between observations counts
     */
    ProgressWatch(Duration stuckAfter, Duration maxStep) {
        this.stuckAfter = stuckAfter;
        this.maxStep = maxStep;
    }

    /**
     * Takes an observation.
     *
     * @param observed the state now; it is compared by {@code equals}
     * @param ready whether every service is ready now
     * @param elapsed the time since the last observation
     */
    void observe(Object observed, boolean ready, Duration elapsed) {
        if (ready && observed.equals(state)) {
            unchanged = unchanged.plus(elapsed.compareTo(maxStep) < 0 ? elapsed : maxStep);
        } else {
            unchanged = Duration.ZERO;
        }
        state = observed;
    }

    boolean isStuck() {
        return unchanged.compareTo(stuckAfter) > 0;
    }
}
