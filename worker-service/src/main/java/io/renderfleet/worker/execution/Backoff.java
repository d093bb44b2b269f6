package io.renderfleet.worker.execution;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter: a random delay between {@code least} and a bound that doubles with each retry,
 * so that calls that failed together are not repeated together (M. Brooker, "Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015). Delays are whole seconds, the unit in which SQS hides messages.
 *
 * @param least the shortest delay
 * @param first the bound of the first delay
 * @param longest the largest bound
 */
record Backoff(Duration least, Duration first, Duration longest) {
    /** Larger than any sensible bound needs, and small enough not to overflow. */
    private static final int MAX_DOUBLINGS = 20;

    /** @param triesBefore the number of earlier tries; 0 for the first delay */
    Duration bound(int triesBefore) {
        Duration doubled = first.multipliedBy(1L << Math.min(triesBefore, MAX_DOUBLINGS));
        return doubled.compareTo(longest) < 0 ? doubled : longest;
    }

    Duration delay(int triesBefore, RandomGenerator random) {
        return Duration.ofSeconds(
                random.nextLong(least.toSeconds(), bound(triesBefore).toSeconds() + 1));
    }
}
