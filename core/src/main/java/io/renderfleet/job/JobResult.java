package io.renderfleet.job;

import io.renderfleet.region.RegionId;

/**
 * Where a job's result is, or another file that it made.
 *
 * @param bytes its size
 */
public record JobResult(RegionId region, String bucket, String key, long bytes, String contentType) {
    public JobResult withBytes(long size) {
        return new JobResult(region, bucket, key, size, contentType);
    }
}
