package io.renderfleet.worker.execution;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What one attempt may take of a worker beside time and memory. An attempt that takes more is stopped, and its job fails.
 *
 * @param scratchLimit what may be in its directory at a time, looked at every second. The default leaves a task of Fargate, which
 *     has 20 GiB for its image and all its slots, room for four attempts and for what they write until they have stopped
 * @param outputLimit what it may upload in all, the result, each version of each artifact and what is given up; by default
 *     twice what its directory holds, as streams need none of it
 * @param processLimit how many processes may live at a time that it started or that those started
 */
@Validated
@ConfigurationProperties("renderfleet.worker")
record AttemptLimits(
        @DefaultValue("2GB") DataSize scratchLimit,
        @DefaultValue("4GB") DataSize outputLimit,
        @DefaultValue("64") @Min(1) @Max(10_000) int processLimit) {
    private static final DataSize MOST = DataSize.ofGigabytes(64);

    AttemptLimits {
        check("scratch-limit", scratchLimit);
        check("output-limit", outputLimit);
    }

    private static void check(String name, DataSize limit) {
        if (limit.toBytes() < 1 || limit.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("renderfleet.worker." + name + " must be from 1B to 64GB, such as 2GB");
        }
    }
}
