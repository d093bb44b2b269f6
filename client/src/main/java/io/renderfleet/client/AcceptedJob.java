package io.renderfleet.client;

/**
 * A job that the API has stored and queued.
 *
 * @param replayed whether an earlier request with the same idempotency key or job id submitted the job
 */
public record AcceptedJob(String jobId, Job.Status status, boolean replayed) {}
