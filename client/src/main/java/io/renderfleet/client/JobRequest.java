package io.renderfleet.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job to submit.
 *
 * @param idempotencyKey 1 to 255 printable ASCII characters; of one user, the same key is the same job. With null each call
 *     of {@link RenderfleetClient#submit} uses a random key, which covers the retries of that call and no later ones
 * @param envelope the fields that every job may have, such as {@code type}, {@code userId} and {@code priority}
 * @param fields the fields that depend on the job type: a map, a record or anything else that Jackson writes as an object
 */
public record JobRequest(@Nullable String idempotencyKey, Map<String, Object> envelope, Object fields) {
    static final String JOB_ID = "jobId";

    public JobRequest {
        envelope = Map.copyOf(envelope);
        if (idempotencyKey != null && envelope.containsKey(JOB_ID)) {
            throw new IllegalArgumentException("A job has an idempotency key or a job id of its own, not both.");
        }
    }

    /** With nothing but the fields of the job type; they may also contain those that every job may have. */
    public static JobRequest of(Object fields) {
        return new JobRequest(null, Map.of(), fields);
    }

    /** The same job under this key: sent again, also by another process, it is not submitted twice. */
    public JobRequest withIdempotencyKey(String idempotencyKey) {
        return new JobRequest(idempotencyKey, envelope, fields);
    }

    /** The same job under this id, a UUID, in place of an idempotency key. */
    public JobRequest withJobId(String jobId) {
        return with(JOB_ID, jobId);
    }

    /** The job type, such as {@code render}. */
    public JobRequest withType(String type) {
        return with("type", type);
    }

    public JobRequest withUserId(String userId) {
        return with("userId", userId);
    }

    /** HIGH, NORMAL or LOW. */
    public JobRequest withPriority(String priority) {
        return with("priority", priority);
    }

    /** Jobs of one user with the same key run one after another, in the order in which they were accepted. */
    public JobRequest withOrderingKey(String orderingKey) {
        return with("orderingKey", orderingKey);
    }

    /** The regions in which the job may run. */
    public JobRequest withRegions(List<String> regions) {
        return with("regions", List.copyOf(regions));
    }

    /** Any other field that does not depend on the job type. */
    public JobRequest with(String name, Object value) {
        Map<String, Object> extended = new LinkedHashMap<>(envelope);
        extended.put(name, value);
        return new JobRequest(idempotencyKey, extended, fields);
    }
}
