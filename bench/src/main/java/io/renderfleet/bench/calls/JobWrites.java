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
 * Tracks the items of jobs from the writes in this JVM, which is complete because every writer runs in this JVM.
 * Computes the cost of each write and notifies listeners when the status of a job was written. Thread-safe.
 */
public final class JobWrites {
    private final Map<String, Map<String, AttributeValue>> items = new ConcurrentHashMap<>();
    private volatile BiConsumer<String, String> listener = (jobId, status) -> {};

    /** Registers a listener that receives the id and the status of a job after each successful update. */
    public void onUpdate(BiConsumer<String, String> listener) {
        this.listener = listener;
    }

    /** The current size of a job's item in bytes; 0 if no write of it was seen. */
    public long itemBytes(String jobId) {
        return ItemSize.of(items.getOrDefault(jobId, Map.of()));
    }

    /**
     * Records a successful call and returns its write units; 0 if it did not write an item.
     *
     * @param reported the units that DynamoDB reported. They count for an item of the fleet table, which is not tracked and
     *     has no index
     */
    long answered(SdkRequest request, SdkResponse response, double reported) {
        Map<String, AttributeValue> written = written(request);
        if (written.isEmpty()) {
            return 0;
        }
        String jobId = id(written);
        if (jobId.isEmpty()) {
            return (long) Math.ceil(reported);
        }
        return switch (request) {
            case PutItemRequest put -> written(jobId, put.item());
            case UpdateItemRequest _
            when response instanceof UpdateItemResponse updated -> {
                long units = written(jobId, updated.attributes());
                listener.accept(jobId, status(updated.attributes()));
                yield units;
            }
            default -> written(jobId, Map.of());
        };
    }

    /**
     * Returns the write units of a failed call. DynamoDB bills a write whose condition does not hold like a successful
     * one.
     */
    long failed(SdkRequest request, Throwable failure) {
        Map<String, AttributeValue> written = written(request);
        if (!(failure instanceof AwsServiceException) || written.isEmpty()) {
            return 0;
        }
        Map<String, AttributeValue> item = items.getOrDefault(id(written), Map.of());
        return WriteUnits.of(item, item);
    }

    /** The item or the key of a write; empty for other calls. */
    private static Map<String, AttributeValue> written(SdkRequest request) {
        return switch (request) {
            case PutItemRequest put -> put.item();
            case DeleteItemRequest delete -> delete.key();
            case UpdateItemRequest update -> update.key();
            default -> Map.of();
        };
    }

    private long written(String jobId, Map<String, AttributeValue> after) {
        Map<String, AttributeValue> before = after.isEmpty() ? items.remove(jobId) : items.put(jobId, after);
        return WriteUnits.of(before == null ? Map.of() : before, after);
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
