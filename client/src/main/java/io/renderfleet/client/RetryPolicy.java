package io.renderfleet.client;

import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often and for how long a call is repeated. Every request of {@link RenderfleetClient} is safe to repeat: a
 * submission always carries an idempotency key or a job id.
 *
 * @param attempts the most requests that one call sends, at least 1
 * @param deadline the time for a call in all, pauses included
 * @param firstPause the upper bound of the first pause; it doubles with each further one
 * @param maxPause the largest upper bound of a pause that the API did not ask for with {@code Retry-After}
 */
public record RetryPolicy(int attempts, Duration deadline, Duration firstPause, Duration maxPause) {
    private static final Set<Integer> TRANSIENT = Set.of(429, 500, 502, 503, 504);
    private static final int MAX_DOUBLINGS = 20;

    public RetryPolicy {
        if (attempts < 1) {
            throw new IllegalArgumentException("A call needs at least one attempt, not " + attempts + ".");
        }
        if (!deadline.isPositive() || !firstPause.isPositive() || maxPause.compareTo(firstPause) < 0) {
            throw new IllegalArgumentException(
                    "The deadline and the pauses must be positive, and the longest pause not shorter than the first.");
        }
    }

    /** Up to five attempts within a minute, with pauses from 250 ms up to 5 s. */
    public static RetryPolicy defaults() {
        return new RetryPolicy(5, Duration.ofMinutes(1), Duration.ofMillis(250), Duration.ofSeconds(5));
    }

    /** The same pauses, with other limits. */
    public RetryPolicy within(int attempts, Duration deadline) {
        return new RetryPolicy(attempts, deadline, firstPause, maxPause);
    }

    /** The same limits, with other pauses. */
    public RetryPolicy withPauses(Duration firstPause, Duration maxPause) {
        return new RetryPolicy(attempts, deadline, firstPause, maxPause);
    }

    /** Whether a request that was answered with this HTTP status may succeed when it is sent again. */
    static boolean isTransient(int status) {
        return TRANSIENT.contains(status);
    }

    /**
     * The pause after a failed attempt. It has jitter, so that clients that failed together do not return together, and is
     * never shorter than the API asks for.
     *
     * @param attempt the number of the failed attempt, from 1
     * @param retryAfter what the API asks for; null when it asks for nothing
     */
    Duration pause(int attempt, @Nullable Duration retryAfter, RandomGenerator random) {
        if (retryAfter != null) {
            return retryAfter.plusMillis(random.nextLong(firstPause.toMillis() + 1));
        }
        long bound = Math.min(maxPause.toMillis(), firstPause.toMillis() << Math.min(attempt - 1, MAX_DOUBLINGS));
        return Duration.ofMillis(random.nextLong(bound / 2, bound + 1));
    }
}
