package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.job.JobId;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it was stored at one moment.
 *
 * @param digest SHA-256 of the file that the client sent, in lower-case hex
 * @param files the part of the keys of its files in S3 that no other upload has
 * @param sizes the number of tasks of each of its jobs
 * @param submitted how many jobs were submitted, from the first one on
 * @param position where the next job begins in the file of jobs, in bytes
 * @param counts how many tasks have ended, as far as this is known
 * @param cancelled why it was cancelled; null if it was not
 * @param endedAt when its results were complete; null before
 * @param results the part of the keys of its results in S3; null before
 * @param nextAt when there is something to do for it again
 * @param busyUntil until when another instance of the API works on it
 * @param expiresAt when its item and its files may be deleted
 */
record Batch(
        BatchId id,
        UserId user,
        Priority priority,
        String digest,
        String files,
        Instant createdAt,
        List<Integer> sizes,
        int submitted,
        long position,
        Counts counts,
        @Nullable Cancelled cancelled,
        @Nullable Instant endedAt,
        @Nullable String results,
        Instant nextAt,
        Instant busyUntil,
        Instant expiresAt) {
    Batch {
        sizes = List.copyOf(sizes);
    }

    /** A batch whose files are stored and of which no job was submitted. */
    static Batch accepted(
            BatchId id, UserId user, Priority priority, String digest, String files, Instant now, List<Integer> sizes) {
        return new Batch(
                id,
                user,
                priority,
                digest,
                files,
                now,
                sizes,
                0,
                0,
                new Counts(sizes.stream().mapToInt(Integer::intValue).sum(), 0, 0),
                null,
                null,
                null,
                now,
                Instant.EPOCH,
                now.plus(BatchStore.KEPT));
    }

    /** Numbers of tasks. */
    record Counts(int total, int completed, int failed) {}

    /** Why a batch was cancelled. */
    enum Cancelled {
        BY_USER,
        /** It took longer than {@code renderfleet.inference.batches.within}. */
        EXPIRED
    }

    /** The id of a job of this batch. */
    JobId job(int number) {
        return id.job(user, number);
    }

    boolean isSubmitted() {
        return submitted == sizes.size();
    }
}
