package io.renderfleet.simulator;

import java.util.List;

/**
 * A policy of Application Auto Scaling. It keeps the time of its last action, so each simulation needs its own
 * instance.
 */
@FunctionalInterface
interface ScalingPolicy {
    /**
     * Returns the new desired count of the service. Called once a minute, as often as an active alarm triggers its
     * actions.
     *
     * @param second the time in seconds from the start of the simulation
     * @param minutes the published minutes, the newest last; not empty
     * @param desired the current desired count
     * @return the new desired count, which is {@code desired} for no change
     */
    int desired(int second, List<MinuteSample> minutes, int desired);

    /** Combines policies: the largest number that any of them asks for. */
    static ScalingPolicy all(List<ScalingPolicy> policies) {
        return (second, minutes, desired) -> {
            int most = desired;
            int fewest = desired;
            for (ScalingPolicy policy : policies) {
                int wanted = policy.desired(second, minutes, desired);
                most = Math.max(most, wanted);
                fewest = Math.min(fewest, wanted);
            }
            return most > desired ? most : fewest;
        };
    }
}
