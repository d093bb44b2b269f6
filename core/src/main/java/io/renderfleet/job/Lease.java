package io.renderfleet.job;

import java.time.Instant;

/**
 * A worker's right to a job, which ends by itself unless it is renewed.
 *
 * @param owner who may write the job's progress and its end
 * @param until when another worker may take the job over
 */
public record Lease(WorkerId owner, Instant until) {}
