package io.renderfleet.jobtype.render.design;

import io.renderfleet.upload.UploadLimits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The settings for designs in the API service.
 *
 * @param lookupTtl how long an instance caches a design's digest; after a design was replaced, new jobs may use the
 *     earlier file for this time
 * @param lookupEntries the largest number of cached digests
 * @param maxUpload the largest file that can be uploaded
 * @param uploadDisk the disk space for all uploads in progress together; at least twice {@code maxUpload}
 * @param concurrentUploads the largest number of uploads in progress, each in a temporary file. Half of them may be
 *     long uploads
 * @param longUploadAfter the time after which an upload in progress counts as long
 * @param concurrentDownloads the largest number of downloads in progress; one user may have half of them
 * @param downloadGrace the time that every download may take
 * @param downloadRate the bytes per second that a client must take after this time; a slower download is ended
 */
@Validated
@ConfigurationProperties("renderfleet.render.designs")
record DesignSettings(
        @DefaultValue("10s") Duration lookupTtl,
        @DefaultValue("10000") @Min(1) int lookupEntries,
        @DefaultValue("64MB") DataSize maxUpload,
        @DefaultValue("160MB") DataSize uploadDisk,
        @DefaultValue("64") @Min(2) @Max(1000) int concurrentUploads,
        @DefaultValue("10s") Duration longUploadAfter,
        @DefaultValue("16") @Min(2) @Max(1000) int concurrentDownloads,
        @DefaultValue("10s") Duration downloadGrace,
        @DefaultValue("64KB") DataSize downloadRate) {

    DesignSettings {
        if (uploadDisk.toBytes() < 2 * maxUpload.toBytes()) {
            throw new IllegalArgumentException("renderfleet.render.designs.upload-disk must be at least twice"
                    + " renderfleet.render.designs.max-upload");
        }
        if (downloadGrace.isNegative() || downloadRate.toBytes() <= 0) {
            throw new IllegalArgumentException("renderfleet.render.designs.download-grace must be 0s or more, and"
                    + " renderfleet.render.designs.download-rate greater than 0, for example 64KB");
        }
    }

    /** How long the download of a file may take. */
    Duration downloadTime(long bytes) {
        return downloadGrace.plusMillis(Math.ceilDiv(bytes * 1000, downloadRate.toBytes()));
    }

    UploadLimits uploads() {
        return new UploadLimits(maxUpload, uploadDisk, concurrentUploads, longUploadAfter);
    }
}
