package io.renderfleet.jobtype.inference.keys;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How long a domain or key is not used after a refusal. Pure functions; the design of the inference jobs gives the numbers. */
final class CoolDownRule {
    /** The longest cool-down that a provider can ask for, so that one wrong header does not end a domain. */
    static final Duration LONGEST = Duration.ofHours(24);

    private static final double SHORTEST_SECONDS = 10;
    private static final double LONGEST_SECONDS = 120;
    /** Beyond these doublings both rules have reached their maximum. */
    private static final int MOST_DOUBLINGS = 10;

    private static final double JITTER = 0.1;
    private static final Duration MOST_JITTER = Duration.ofSeconds(5);

    private CoolDownRule() {}

    /**
     * The cool-down of a domain: {@code clamp(10 s · 2^(trips−1) · (1 + 3f), 10 s, 120 s)}.
     *
     * @param trips the number of cool-downs without a full recovery in between, this one included, 1 or more
     * @param failureShare f, the share of failed calls of the domain in the 60 seconds before, 0 to 1
     */
    static Duration coolDown(int trips, double failureShare) {
        double seconds = SHORTEST_SECONDS * (1 << Math.min(trips - 1, MOST_DOUBLINGS)) * (1 + 3 * failureShare);
        return Duration.ofMillis((long) (1000 * Math.clamp(seconds, SHORTEST_SECONDS, LONGEST_SECONDS)));
    }

    /** What the provider asked for, 0 to 24 hours; 0 if it did not ask. */
    static Duration retryAfter(@Nullable Duration retryAfter) {
        return retryAfter == null || retryAfter.isNegative() ? Duration.ZERO : min(retryAfter, LONGEST);
    }

    /** Adds up to 10 percent, and at most 5 seconds, so that those who were refused together do not return together. */
    static Duration withJitter(Duration length, RandomGenerator random) {
        long most = min(Duration.ofNanos((long) (length.toNanos() * JITTER)), MOST_JITTER)
                .toNanos();
        return length.plusNanos(random.nextLong(most + 1));
    }

    /**
     * The time until a key whose quota is used up is tried again: 1 hour, doubling up to 24 hours.
     *
     * @param times how often that happened without a success in between, this time included, 1 or more
     */
    static Duration exhaustion(int times) {
        return min(Duration.ofHours(1L << Math.min(times - 1, MOST_DOUBLINGS)), LONGEST);
    }

    static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
