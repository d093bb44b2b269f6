package io.renderfleet.bench.load;

import java.time.Instant;

/**
 * A job that the API accepted.
 *
 * @param sentAt when the client began to send the request, by the clock that the services stamp jobs with
 * @param sentNanos the same moment as {@link System#nanoTime}
 * @param acceptedNanos when the client had the answer
 */
public record Submitted(String jobId, Instant sentAt, long sentNanos, long acceptedNanos) {}
