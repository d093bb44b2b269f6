package io.renderfleet.distributor.intake;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Delays that double each time, with up to half of each added at random, so that what failed together does not come
 * back together.
 *
 * @param first the least delay after the first time
 * @param most no delay is longer
 */
record Backoff(Duration first, Duration most) {
    private static final int MOST_DOUBLINGS = 20;

    /** @param times how often it happened in a row, 1 or more */
    Duration delay(int times, RandomGenerator random) {
        long doubled = first.toMillis() << Math.min(Math.max(times, 1) - 1, MOST_DOUBLINGS);
        long jittered = doubled + random.nextLong(doubled / 2 + 1);
        return Duration.ofMillis(Math.min(jittered, most.toMillis()));
    }
}
