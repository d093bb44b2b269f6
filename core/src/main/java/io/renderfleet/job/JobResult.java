package io.renderfleet.job;

import io.renderfleet.region.RegionId;

/**
 * Where a job's result is.
 *
 * @param bytes its size
 */
public record JobResult(RegionId region, String bucket, String key, long bytes, String contentType) {}
