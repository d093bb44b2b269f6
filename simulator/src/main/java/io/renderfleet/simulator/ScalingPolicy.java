package io.renderfleet.simulator;

import java.util.List;

/** A policy of Application Auto Scaling. It remembers when it acted last, so each simulation has its own. */
@FunctionalInterface
interface ScalingPolicy {
    /**
     * The number of tasks that the service should have. Called once a minute, as often as an active alarm takes effect.
     *
     * @param second the time
     * @param minutes that are published, the newest last; not empty
     * @param desired what it is told to have
     * @return {@code desired} to leave it
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
