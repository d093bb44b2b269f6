package io.renderfleet.worker.execution;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before another try: a random time up to a bound that doubles with each try. All of the wait is
 * random, "full jitter", so that what failed together does not come back together (M. Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015). In whole seconds, as SQS hides messages.
 *
 * @param least below which there is no wait
 * @param first the bound of the first wait
 * @param longest where the bound ends
 */
record Backoff(Duration least, Duration first, Duration longest) {
    /** Past any sensible bound, and short of overflowing. */
    private static final int MAX_DOUBLINGS = 20;

    /** @param triesBefore 0 for the first wait */
    Duration bound(int triesBefore) {
        Duration doubled = first.multipliedBy(1L << Math.min(triesBefore, MAX_DOUBLINGS));
        return doubled.compareTo(longest) < 0 ? doubled : longest;
    }

    Duration delay(int triesBefore, RandomGenerator random) {
        return Duration.ofSeconds(
                random.nextLong(least.toSeconds(), bound(triesBefore).toSeconds() + 1));
    }
}
