package io.renderfleet.worker.execution;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits on the disk, uploads and processes of one attempt. An attempt that exceeds one is stopped, and its job fails.
 *
 * @param scratchLimit the largest total size of the files in the attempt's directory, from 1 byte to 64 GB; checked
 *     once per second. With the default, four attempts fit on the 20 GiB disk of a Fargate task together with the image
 *     and with the data that they write before they have stopped
 * @param outputLimit the largest number of bytes that an attempt may upload, from 1 byte to 64 GB: its result, every
 *     version of every artifact, and uploads that were aborted. The default is twice the scratch limit, because
 *     artifacts that are streamed do not use the attempt's directory
 * @param processLimit the largest number of processes of an attempt that may run at the same time, from 1 to 10,000,
 *     including the child processes of its programs
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
            throw new IllegalArgumentException(
                    "renderfleet.worker." + name + " must be between 1B and 64GB, for example 2GB");
        }
    }
}
