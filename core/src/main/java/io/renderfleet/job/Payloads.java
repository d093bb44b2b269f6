package io.renderfleet.job;

import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * Stores payloads. A small payload is in the item of its job. A large one has an item of its own, which is written
 * before the job and never changed, so that each later write of the job is small. Its key contains the id and the
 * creation time of the job, so that a job that is withdrawn and submitted again does not read the payload of the first
 * one. The payload of a withdrawn job expires.
 */
final class Payloads {
    /** The largest payload in an item of a job, in bytes: the size of a write unit. */
    static final int MAX_INLINE = 1024;

    private final JobDatabase database;

    Payloads(JobDatabase database) {
        this.database = database;
    }

    private static boolean isInline(JobPayload payload) {
        return payload.bytes() <= MAX_INLINE;
    }

    /** Adds a small payload to the item of its job; no effect for a large one. */
    static void addTo(Map<String, AttributeValue> item, JobPayload payload) {
        if (isInline(payload)) {
            write(item, payload);
        }
    }

    /** The payload in an item; null when the item has none. */
    static @Nullable JobPayload in(Map<String, AttributeValue> item) {
        AttributeValue json = item.get(JobItem.PAYLOAD);
        int version = JobItem.integer(item, JobItem.PAYLOAD_VERSION);
        return json == null ? null : new JobPayload(json.s(), Math.max(version, JobPayload.FIRST_VERSION));
    }

    /** Stores a large payload, before its job is stored; no effect for a small one. */
    void store(NewJob job, Instant expiresAt) {
        if (isInline(job.payload())) {
            return;
        }
        Map<String, AttributeValue> item = new HashMap<>(key(job.id(), job.createdAt()));
        write(item, job.payload());
        item.put(JobTable.EXPIRES_AT, JobItem.number(expiresAt.getEpochSecond()));
        database.client().putItem(request -> request.tableName(database.table()).item(item));
    }

    /** The job's payload; empty when its item has expired. */
    Optional<JobPayload> find(Job job) {
        if (job.payload() != null) {
            return Optional.of(job.payload());
        }
        var response = database.client()
                .getItem(request -> request.tableName(database.table())
                        .key(key(job.id(), job.createdAt()))
                        .consistentRead(true));
        return response.hasItem() ? Optional.ofNullable(in(response.item())) : Optional.empty();
    }

    /** Extends the time to live of the payload to that of its job, which is made PENDING again. */
    void keepUntil(Job job, Instant expiresAt) {
        if (job.payload() != null) {
            return;
        }
        try {
            var _ = database.client()
                    .updateItem(request -> request.tableName(database.table())
                            .key(key(job.id(), job.createdAt()))
                            .updateExpression("SET " + JobTable.EXPIRES_AT + " = :expiry")
                            .conditionExpression("attribute_exists(" + JobTable.JOB_ID + ")")
                            .expressionAttributeValues(Map.of(":expiry", JobItem.number(expiresAt.getEpochSecond()))));
        } catch (ConditionalCheckFailedException e) {
            // The payload has expired. The next attempt reports that to the user.
        }
    }

    private static void write(Map<String, AttributeValue> item, JobPayload payload) {
        item.put(JobItem.PAYLOAD, fromS(payload.json()));
        if (payload.version() != JobPayload.FIRST_VERSION) {
            item.put(JobItem.PAYLOAD_VERSION, JobItem.number(payload.version()));
        }
    }

    private static Map<String, AttributeValue> key(JobId id, Instant createdAt) {
        return Map.of(JobTable.JOB_ID, fromS("payload#" + id + "#" + createdAt.toEpochMilli()));
    }
}
