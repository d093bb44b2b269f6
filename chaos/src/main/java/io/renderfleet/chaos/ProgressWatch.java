package io.renderfleet.chaos;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells "not yet" from "stuck": something is stuck when its state has not changed for a time that is longer than any
 * recovery, and every service was ready in all that time. Time in which a service was not ready does not count, and
 * neither does most of a long gap between two observations, since a machine that observes late also works late. Pure.
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
