package io.renderfleet.upload;

import java.time.Duration;
import org.springframework.util.unit.DataSize;

/**
 * The limits of one kind of uploads.
 *
 * @param maxUpload the largest file
 * @param disk the disk space for all uploads in progress together; at least twice {@code maxUpload}
 * @param concurrent the largest number of uploads in progress; at least 2. Half of them may be long
 * @param longAfter the time after which an upload in progress counts as long
 */
public record UploadLimits(DataSize maxUpload, DataSize disk, int concurrent, Duration longAfter) {
    /** @throws IllegalArgumentException if the disk space is less than twice the largest file */
    public UploadLimits {
        if (disk.toBytes() < 2 * maxUpload.toBytes()) {
            throw new IllegalArgumentException("The disk space for uploads must be at least twice the largest upload.");
        }
    }

    /** The largest number of long uploads in progress. */
    int longUploads() {
        return concurrent / 2;
    }

    /** The disk space for all long uploads together. It leaves space for one more file of the largest size. */
    DataSize longDisk() {
        return DataSize.ofBytes(disk.toBytes() - maxUpload.toBytes());
    }
}
