package io.renderfleet.bench.calls;

import io.renderfleet.job.JobTable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * The jobs' items as the writes seen here left them, which is how they are since every writer is in this JVM. Tells
 * what each write costs, and who listens when a job's status has been written. Thread-safe.
 */
public final class JobWrites {
    private final Map<String, Map<String, AttributeValue>> items = new ConcurrentHashMap<>();
    private volatile BiConsumer<String, String> listener = (jobId, status) -> {};

    /** Has {@code listener} told of each job's id and status right after an update was answered. */
    public void onUpdate(BiConsumer<String, String> listener) {
        this.listener = listener;
    }

    /** Bytes of a job's item as it is now; 0 when no write of it was seen. */
    public long itemBytes(String jobId) {
        return ItemSize.of(items.getOrDefault(jobId, Map.of()));
    }

    /** Takes note of an answered call; the write units it cost, 0 for what is no write of an item. */
    long answered(SdkRequest request, SdkResponse response) {
        return switch (request) {
            case PutItemRequest put -> written(id(put.item()), put.item());
            case DeleteItemRequest delete -> written(id(delete.key()), Map.of());
            case UpdateItemRequest update
            when response instanceof UpdateItemResponse updated -> {
                String jobId = id(update.key());
                long units = written(jobId, updated.attributes());
                listener.accept(jobId, status(updated.attributes()));
                yield units;
            }
            default -> 0;
        };
    }

    /** The write units that a refused call cost: a condition that does not hold is billed as if it did. */
    long failed(SdkRequest request, Throwable failure) {
        if (!(failure instanceof AwsServiceException)) {
            return 0;
        }
        return switch (request) {
            case PutItemRequest put -> unchanged(id(put.item()));
            case DeleteItemRequest delete -> unchanged(id(delete.key()));
            case UpdateItemRequest update -> unchanged(id(update.key()));
            default -> 0;
        };
    }

    private long written(String jobId, Map<String, AttributeValue> after) {
        Map<String, AttributeValue> before = after.isEmpty() ? items.remove(jobId) : items.put(jobId, after);
        return WriteUnits.of(before == null ? Map.of() : before, after);
    }

    private long unchanged(String jobId) {
        Map<String, AttributeValue> item = items.getOrDefault(jobId, Map.of());
        return WriteUnits.of(item, item);
    }

    private static String id(Map<String, AttributeValue> item) {
        AttributeValue id = item.get(JobTable.JOB_ID);
        return id == null ? "" : id.s();
    }

    private static String status(Map<String, AttributeValue> item) {
        AttributeValue status = item.get("status");
        return status == null ? "" : status.s();
    }
}
