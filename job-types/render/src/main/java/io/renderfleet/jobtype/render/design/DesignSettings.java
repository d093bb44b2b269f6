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
 * @param uploadTimeout how long a client may take to send one
 * @param concurrentUploads files being received at a time, each in a temporary file
 * @param concurrentInspections files being read at a time, each of which may take a gigabyte of memory
 * @param inspectionWait how long an upload waits for its turn to be read
 */
@Validated
@ConfigurationProperties("renderfleet.render.designs")
record DesignSettings(
        @DefaultValue("10s") Duration lookupTtl,
        @DefaultValue("10000") @Min(1) int lookupEntries,
        @DefaultValue("64MB") DataSize maxUpload,
        @DefaultValue("5m") Duration uploadTimeout,
        @DefaultValue("8") @Min(1) @Max(1000) int concurrentUploads,
        @DefaultValue("1") @Min(1) @Max(100) int concurrentInspections,
        @DefaultValue("30s") Duration inspectionWait) {}
