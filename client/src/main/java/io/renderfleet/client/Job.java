package io.renderfleet.client;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as the API returns it. Fields that do not apply are null.
 *
 * @param progress the progress of the running attempt in percent, 0 to 100
 * @param region the region that the job was last sent to
 * @param attempt the number of the running or last attempt; 0 before the first
 * @param attempts the finished attempts, oldest first
 * @param cancelRequested whether the job is being cancelled and its worker has not stopped it yet
 * @param result the size and the content type of the result; null until the job is COMPLETED
 * @param resultUrl a presigned link to the result, valid until {@code resultUrlExpiresAt}; null in listings
 * @param artifacts the files that the attempts stored in addition to the result, such as logs, in the order of their
 *     names
 * @param error why the job FAILED
 * @param fields all other fields, such as those that depend on the job type, as plain Java values
 */
public record Job(
        String jobId,
        String type,
        @Nullable String userId,
        Status status,
        int progress,
        @Nullable String priority,
        @Nullable String orderingKey,
        @Nullable String region,
        int attempt,
        List<Attempt> attempts,
        boolean cancelRequested,
        Instant createdAt,
        @Nullable Instant updatedAt,
        @Nullable Instant routedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Result result,
        @Nullable URI resultUrl,
        @Nullable Instant resultUrlExpiresAt,
        List<Artifact> artifacts,
        @Nullable Failure error,
        @JsonAnySetter @JsonAnyGetter Map<String, Object> fields) {

    /** The status of a job. */
    public enum Status {
        PENDING,
        PROCESSING,
        COMPLETED,
        FAILED,
        CANCELLED;

        /** Whether the job is over and changes only when it is retried. */
        public boolean isTerminal() {
            return this != PENDING && this != PROCESSING;
        }
    }

    /**
     * A finished attempt.
     *
     * @param worker the name of the worker that ran the attempt, as in the logs of the worker
     * @param outcome such as {@code SUCCEEDED} or {@code INTERRUPTED}
     */
    public record Attempt(
            int number,
            @Nullable String region,
            @Nullable String worker,
            Instant startedAt,
            Instant endedAt,
            String outcome,
            @Nullable Failure error) {}

    /** Why a job or an attempt failed: a stable code, and what to do about it. */
    public record Failure(String code, String message) {}

    /**
     * A file that an attempt stored in addition to the result.
     *
     * @param attempt the number of the latest attempt that stored a file with this name
     * @param url a presigned link, valid until {@code urlExpiresAt}; null in listings
     */
    public record Artifact(
            String name,
            String contentType,
            long bytes,
            int attempt,
            @Nullable URI url,
            @Nullable Instant urlExpiresAt) {}

    /** The size in bytes and the content type of a result. */
    public record Result(long bytes, String contentType) {}

    // Jackson passes null for an absent property, whatever the annotations of the components say.
    @SuppressWarnings("NullAway")
    public Job {
        attempts = attempts == null ? List.of() : List.copyOf(attempts);
        artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
        fields = fields == null ? Map.of() : fields;
    }
}
