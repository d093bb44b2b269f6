package io.renderfleet.jobtype.render.design;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The settings for the validation of uploaded designs, which runs in processes beside the API service.
 *
 * @param processes the number of processes, which is the largest number of files that are validated at the same time
 * @param maxWait how long an upload waits for its validation before it is refused as {@code busy}
 * @param memory the heap of each process; a file that needs more is refused. A process takes up to 128 MB in addition
 * @param timeout the longest validation; a file that needs longer is refused
 * @param aotCache the AOT cache with which the JVM of a process starts; without one it starts more slowly
 * @param thumbnailTime how long a thumbnail may take after the validation, and how long the upload waits for its turn;
 *     a design whose thumbnail takes longer has none. 0s for no thumbnails
 */
@Validated
@ConfigurationProperties("renderfleet.render.designs.inspection")
record InspectionSettings(
        @DefaultValue("1") @Min(1) @Max(100) int processes,
        @DefaultValue("30s") Duration maxWait,
        @DefaultValue("320MB") DataSize memory,
        @DefaultValue("20s") Duration timeout,
        @Nullable Path aotCache,
        @DefaultValue("1s") Duration thumbnailTime) {
    private static final DataSize LEAST_MEMORY = DataSize.ofMegabytes(32);
    private static final Duration LONGEST_THUMBNAIL = Duration.ofSeconds(60);

    InspectionSettings {
        if (memory.compareTo(LEAST_MEMORY) < 0) {
            throw new IllegalArgumentException(
                    "renderfleet.render.designs.inspection.memory must be at least 32MB, for example 320MB");
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException(
                    "renderfleet.render.designs.inspection.timeout must be greater than 0, for example 20s");
        }
        if (thumbnailTime.isNegative() || thumbnailTime.compareTo(LONGEST_THUMBNAIL) > 0) {
            throw new IllegalArgumentException(
                    "renderfleet.render.designs.inspection.thumbnail-time must be from 0s to 60s, for example 1s");
        }
    }
}
