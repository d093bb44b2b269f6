package io.renderfleet.jobtype;

import java.time.Duration;

/** Something that the job needs asked for fewer calls. The job is tried again after a while, at no charge. */
public final class ThrottledException extends RuntimeException {
    private final Duration retryAfter;

    /** @param retryAfter the least wait, of which at most 15 minutes are waited; zero to leave it to the worker, which waits longer each time in a row */
    public ThrottledException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
