package io.renderfleet.client;

import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often and for how long requests are retried. Every request of {@link RenderfleetClient} can be retried safely: a
 * submission always carries an idempotency key or a job id.
 *
 * @param attempts the maximum number of attempts of one call, at least 1
 * @param deadline the time limit for one call, including all attempts and pauses
 * @param firstPause the upper bound of the first pause, which doubles with each further pause
 * @param maxPause the maximum of that bound; a longer {@code Retry-After} of the API still applies
 */
public record RetryPolicy(int attempts, Duration deadline, Duration firstPause, Duration maxPause) {
    private static final Set<Integer> TRANSIENT = Set.of(429, 500, 502, 503, 504);
    private static final int MAX_DOUBLINGS = 20;

    public RetryPolicy {
        if (attempts < 1) {
            throw new IllegalArgumentException("The number of attempts must be at least 1, not " + attempts + ".");
        }
        if (!deadline.isPositive() || !firstPause.isPositive() || maxPause.compareTo(firstPause) < 0) {
            throw new IllegalArgumentException(
                    "The deadline and the pauses must be positive, and maxPause must not be shorter than firstPause.");
        }
    }

    /** Up to five attempts within a minute, with pauses from 250 ms up to 5 s. */
    public static RetryPolicy defaults() {
        return new RetryPolicy(5, Duration.ofMinutes(1), Duration.ofMillis(250), Duration.ofSeconds(5));
    }

    /** This policy with other limits and the same pauses. */
    public RetryPolicy within(int attempts, Duration deadline) {
        return new RetryPolicy(attempts, deadline, firstPause, maxPause);
    }

    /** This policy with other pauses and the same limits. */
    public RetryPolicy withPauses(Duration firstPause, Duration maxPause) {
        return new RetryPolicy(attempts, deadline, firstPause, maxPause);
    }

    /** Whether a request that was answered with this HTTP status may succeed when it is sent again. */
    static boolean isTransient(int status) {
        return TRANSIENT.contains(status);
    }

    /**
     * The pause after a failed attempt, with jitter, so that clients that failed together do not retry together. It is
     * never shorter than the API asks for.
     *
     * @param attempt the number of the failed attempt, from 1
     * @param retryAfter the pause that the API asked for; null when it asked for none
     */
    Duration pause(int attempt, @Nullable Duration retryAfter, RandomGenerator random) {
        if (retryAfter != null) {
            return retryAfter.plusMillis(random.nextLong(firstPause.toMillis() + 1));
        }
        long bound = Math.min(maxPause.toMillis(), firstPause.toMillis() << Math.min(attempt - 1, MAX_DOUBLINGS));
        return Duration.ofMillis(random.nextLong(bound / 2, bound + 1));
    }
}
