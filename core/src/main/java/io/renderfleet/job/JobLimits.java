package io.renderfleet.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a job may take.
 *
 * @param startBy when a job that has not started has failed; null for no such deadline
 * @param timeout of one attempt, at most {@link #MAX_TIMEOUT}
 * @param maxAttempts charged attempts, 1 to 10
 */
public record JobLimits(@Nullable Instant startBy, Duration timeout, int maxAttempts) {
    /** SQS hides a message for 12 hours at most, from its receipt. */
    public static final Duration MAX_TIMEOUT = Duration.ofHours(11);

    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(30);
    public static final int DEFAULT_MAX_ATTEMPTS = 5;

    public JobLimits {
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("timeout must be from PT1S to " + MAX_TIMEOUT);
        }
        if (maxAttempts < 1 || maxAttempts > 10) {
            throw new IllegalArgumentException("maxAttempts must be from 1 to 10");
        }
    }

    public static JobLimits defaults() {
        return new JobLimits(null, DEFAULT_TIMEOUT, DEFAULT_MAX_ATTEMPTS);
    }
}
