package io.renderfleet.job;

import io.renderfleet.region.RegionId;

/**
 * The location of a result or of an artifact in S3.
 *
 * @param bytes its size
 * @param contentType a media type
 */
public record JobResult(RegionId region, String bucket, String key, long bytes, String contentType) {
    public JobResult withBytes(long size) {
        return new JobResult(region, bucket, key, size, contentType);
    }
}
