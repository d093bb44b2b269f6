package io.renderfleet.jobtype.render.design;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits on designs.
 *
 * @param lookupTtl how long a design's digest is remembered
 * @param lookupEntries how many digests are remembered
 * @param maxUpload the largest file
 * @param uploadDisk how much disk all unfinished uploads take together, at least twice the largest file
 * @param concurrentUploads unfinished uploads at a time, each in a temporary file; half of them may be long ones
 * @param longUploadAfter after how long an upload that is still being received is a long one
 * @param concurrentInspections files being read at a time, each of which may take a gigabyte of memory
 * @param inspectionWait how long an upload waits for its turn to be read
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
        @DefaultValue("1") @Min(1) @Max(100) int concurrentInspections,
        @DefaultValue("30s") Duration inspectionWait) {

    DesignSettings {
        if (uploadDisk.toBytes() < 2 * maxUpload.toBytes()) {
            throw new IllegalArgumentException("renderfleet.render.designs.upload-disk must be at least twice"
                    + " renderfleet.render.designs.max-upload");
        }
    }

    /** How many of the uploads at a time may be long ones. */
    int longUploads() {
        return concurrentUploads / 2;
    }

    /** How much disk long uploads may take together: one file of the largest size always fits beside them. */
    DataSize longUploadDisk() {
        return DataSize.ofBytes(uploadDisk.toBytes() - maxUpload.toBytes());
    }
}
