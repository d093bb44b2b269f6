package io.renderfleet.worker.intake;

import java.time.Duration;

/**
 * What a stop may take after its grace. Fargate kills a task two minutes after it told it to stop; the sum of these, of
 * the longest grace and of the web server's own limit stays below that, which a test of the settings holds.
 */
final class ShutdownTimes {
    /** For what still runs to stop, and to be PENDING again. */
    static final Duration RELEASE_JOBS = Duration.ofSeconds(15);

    /** For SQS to hear of all that was decided. */
    static final Duration LAST_WORDS = Duration.ofSeconds(5);

    /** For ECS to hear that the task may go, after a call that was under way. */
    static final Duration RELEASE = Duration.ofSeconds(6);

    private ShutdownTimes() {}
}
