package io.renderfleet.worker.intake;

import java.time.Duration;

/**
 * The limits of the steps of a shutdown after the grace period. Fargate kills a task at most two minutes after it sent
 * SIGTERM. The sum of these limits, of the longest grace period and of the web server's limit stays below that; a test
 * checks it.
 */
final class ShutdownTimes {
    /** For the jobs that still run to stop and become PENDING. */
    static final Duration RELEASE_JOBS = Duration.ofSeconds(15);

    /** For pending deletions and releases of messages. */
    static final Duration SETTLE_MESSAGES = Duration.ofSeconds(5);

    /** For removing the task's scale-in protection, after a call that was in progress. */
    static final Duration RELEASE = Duration.ofSeconds(6);

    private ShutdownTimes() {}
}
