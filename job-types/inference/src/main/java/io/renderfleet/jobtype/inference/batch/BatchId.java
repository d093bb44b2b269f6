package io.renderfleet.jobtype.inference.batch;

import com.fasterxml.jackson.annotation.JsonValue;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import java.util.UUID;

/** The id of a batch. The ids of its jobs follow from it, so that a job that is submitted again is the same job. */
record BatchId(@JsonValue UUID uuid) {

    static BatchId random() {
        return new BatchId(UUID.randomUUID());
    }

    /** The id that belongs to an idempotency key of a user. See {@link JobId#derivedFrom}. */
    static BatchId derivedFrom(UserId user, String idempotencyKey) {
        return new BatchId(JobId.derivedFrom(user, "batch " + idempotencyKey).uuid());
    }

    /** @throws IllegalArgumentException if the text is no UUID in its canonical form */
    static BatchId of(String text) {
        return new BatchId(JobId.of(text).uuid());
    }

    /** The idempotency key of a job of this batch. */
    String jobKey(int number) {
        return "batch " + uuid + " " + number;
    }

    /** The id of a job of this batch. */
    JobId job(UserId user, int number) {
        return JobId.derivedFrom(user, jobKey(number));
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
