package io.renderfleet.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The limits of a job.
 *
 * @param startBy the start deadline: a job that has not started by then fails; null for none
 * @param timeout of one attempt, from one second to {@link #MAX_TIMEOUT}
 * @param maxAttempts the most charged attempts, 1 to 10
 */
public record JobLimits(@Nullable Instant startBy, Duration timeout, int maxAttempts) {
    /** Less than the 12 hours, counted from its receipt, for which SQS can hide a message. */
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
