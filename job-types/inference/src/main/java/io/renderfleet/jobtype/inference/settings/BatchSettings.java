package io.renderfleet.jobtype.inference.settings;

import io.renderfleet.upload.UploadLimits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The limits of batches.
 *
 * @param maxBody the largest body of {@code POST /batches}, decoded; up to 100 MB
 * @param disk the disk space for all bodies that are received together; at least twice the largest body. While a batch is
 *     stored, it needs about as much again
 * @param concurrent the largest number of batches that are received at the same time. Half of them may be long uploads
 * @param longAfter the time after which an upload in progress counts as long
 * @param open the most batches of all users that are not over
 * @param within the time after which a batch that is not over is cancelled, 1 minute to 20 days
 */
public record BatchSettings(
        @DefaultValue("100MB") DataSize maxBody,
        @DefaultValue("400MB") DataSize disk,
        @DefaultValue("4") @Min(2) @Max(100) int concurrent,
        @DefaultValue("30s") Duration longAfter,
        @DefaultValue("500") @Min(1) @Max(2000) int open,
        @DefaultValue("7d") Duration within) {
    private static final String PREFIX = InferenceSettings.PREFIX + ".batches.";
    private static final DataSize MOST = DataSize.ofMegabytes(100);
    private static final Duration SHORTEST = Duration.ofMinutes(1);

    /** Less than the time for which jobs are kept. */
    private static final Duration LONGEST = Duration.ofDays(20);

    /** @throws IllegalArgumentException if a value is not accepted; the message names its setting */
    public BatchSettings {
        if (maxBody.toBytes() < 1 || maxBody.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(PREFIX + "max-body must be 1B to 100MB; it is " + maxBody);
        }
        if (disk.toBytes() < 2 * maxBody.toBytes()) {
            throw new IllegalArgumentException(
                    PREFIX + "disk must be at least twice " + PREFIX + "max-body; it is " + disk);
        }
        if (within.compareTo(SHORTEST) < 0 || within.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(PREFIX + "within must be 1m to 20d; it is " + within);
        }
    }

    /** The limits of bodies. */
    public UploadLimits uploads() {
        return new UploadLimits(maxBody, disk, concurrent, longAfter);
    }
}
