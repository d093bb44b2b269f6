package io.renderfleet.distributor.intake;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff: delays that double each time, with a jitter of up to 50 %, so that messages or loops that failed
 * together do not retry together.
 *
 * @param first the minimum delay after the first failure
 * @param most the maximum delay
 */
record Backoff(Duration first, Duration most) {
    private static final int MOST_DOUBLINGS = 20;

    /**
     * The next delay.
     *
     * @param times the number of failures in a row, 1 or more
     */
    Duration delay(int times, RandomGenerator random) {
        long doubled = first.toMillis() << Math.min(Math.max(times, 1) - 1, MOST_DOUBLINGS);
        long jittered = doubled + random.nextLong(doubled / 2 + 1);
        return Duration.ofMillis(Math.min(jittered, most.toMillis()));
    }
}
