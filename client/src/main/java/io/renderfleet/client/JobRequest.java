package io.renderfleet.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job to submit.
 *
 * @param idempotencyKey 1 to 255 printable ASCII characters that identify the job among those of its user: repeating
 *     the request with the same key does not submit another job. If null, each call of {@link RenderfleetClient#submit}
 *     uses a random key, which covers only the retries of that call
 * @param envelope the fields that every job may have, such as {@code type}, {@code userId} and {@code priority}
 * @param fields the fields that depend on the job type: a map, a record or another value that Jackson writes as an
 *     object
 */
public record JobRequest(@Nullable String idempotencyKey, Map<String, Object> envelope, Object fields) {
    static final String JOB_ID = "jobId";

    public JobRequest {
        envelope = Map.copyOf(envelope);
        if (idempotencyKey != null && envelope.containsKey(JOB_ID)) {
            throw new IllegalArgumentException("A job can have an idempotency key or a job id, but not both.");
        }
    }

    /** A request with the fields of the job type, which may also contain the fields that every job may have. */
    public static JobRequest of(Object fields) {
        return new JobRequest(null, Map.of(), fields);
    }

    /** This request with an idempotency key, so that repeating it, even from another process, submits only one job. */
    public JobRequest withIdempotencyKey(String idempotencyKey) {
        return new JobRequest(idempotencyKey, envelope, fields);
    }

    /** This request with a job id, a random UUID (version 4 or 7), which serves the same purpose as an idempotency key. */
    public JobRequest withJobId(String jobId) {
        return with(JOB_ID, jobId);
    }

    /** This request with a job type, such as {@code render}. */
    public JobRequest withType(String type) {
        return with("type", type);
    }

    public JobRequest withUserId(String userId) {
        return with("userId", userId);
    }

    /** This request with a priority: HIGH, NORMAL or LOW. */
    public JobRequest withPriority(String priority) {
        return with("priority", priority);
    }

    /**
     * This request with an ordering key. Jobs of one user with the same key run one after another, in acceptance order.
     */
    public JobRequest withOrderingKey(String orderingKey) {
        return with("orderingKey", orderingKey);
    }

    /** This request with the regions in which the job may run. */
    public JobRequest withRegions(List<String> regions) {
        return with("regions", List.copyOf(regions));
    }

    /** This request with any other field that does not depend on the job type. */
    public JobRequest with(String name, Object value) {
        Map<String, Object> extended = new LinkedHashMap<>(envelope);
        extended.put(name, value);
        return new JobRequest(idempotencyKey, extended, fields);
    }
}
