package io.renderfleet.bridge.event;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pauses while the API takes no events: they double from 1 s to 30 s, with up to 50 % of jitter, and are never shorter
 * than the API asks for, up to 5 minutes. Confined to one thread.
 */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration LONGEST_ASKED_FOR = Duration.ofMinutes(5);
    private static final int MAX_DOUBLINGS = 5;

    private final RandomGenerator random;
    private int failures;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /**
     * The pause after a batch that was not finished.
     *
     * @param retryAfter the pause that the API asked for; null when it asked for none
     */
    Duration next(@Nullable Duration retryAfter) {
        long bound = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(failures, MAX_DOUBLINGS));
        failures++;
        Duration pause = Duration.ofMillis(random.nextLong(bound / 2, bound + 1));
        if (retryAfter == null || retryAfter.compareTo(pause) <= 0) {
            return pause;
        }
        return retryAfter.compareTo(LONGEST_ASKED_FOR) < 0 ? retryAfter : LONGEST_ASKED_FOR;
    }

    /** The number of pauses since the last batch that was finished. */
    int failures() {
        return failures;
    }

    /** A batch was finished. */
    void reset() {
        failures = 0;
    }
}
