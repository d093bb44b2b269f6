package io.renderfleet.bench.load;

import java.time.Instant;

/**
 * A job that the API accepted.
 *
 * @param jobId the id of the job
 * @param sentAt when the client began to send the request, by the clock that the services use
 * @param sentNanos the value of {@link System#nanoTime} at that time
 * @param acceptedNanos the value of {@link System#nanoTime} when the client had received the response
 */
public record Submitted(String jobId, Instant sentAt, long sentNanos, long acceptedNanos) {}
