package io.renderfleet.bench.calls;

import io.renderfleet.job.JobTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Computes the write units of a write of a job's item: one unit per started KiB of the larger of the item before and
 * after the write, and for each index one unit per started KiB of every entry that is written or deleted. An index
 * entry whose attributes do not change costs nothing; an entry whose key changes costs a deletion and a write. Source:
 * "DynamoDB read and write operations" and "Using global secondary indexes" in the DynamoDB Developer Guide.
 */
final class WriteUnits {
    private static final int UNIT = 1024;

    /** The keys of an index, and the attributes that it projects beside these and the table's key. */
    private record Index(List<String> keys, List<String> included) {}

    private static final List<Index> INDEXES = List.of(
            new Index(List.of(JobTable.USER_ID, JobTable.CREATED_AT), List.of()),
            new Index(List.of(JobTable.CHECK_SHARD, JobTable.CHECK_AT), JobTable.OPEN_JOBS_ATTRIBUTES),
            new Index(List.of(JobTable.FAIL_SHARD, JobTable.FINISHED_AT), List.of()));

    private WriteUnits() {}

    /**
     * @param before the item before the write; empty if there was none
     * @param after the item after the write; empty if it was deleted, equal to {@code before} if the condition did not
     *     hold
     */
    static long of(Map<String, AttributeValue> before, Map<String, AttributeValue> after) {
        long units = Math.max(1, units(Math.max(ItemSize.of(before), ItemSize.of(after))));
        for (Index index : INDEXES) {
            Map<String, AttributeValue> old = entry(before, index);
            Map<String, AttributeValue> made = entry(after, index);
            if (!old.equals(made)) {
                units += units(ItemSize.of(old)) + units(ItemSize.of(made));
            }
        }
        return units;
    }

    /** The index entry of an item; empty if the item lacks one of the index's keys. */
    private static Map<String, AttributeValue> entry(Map<String, AttributeValue> item, Index index) {
        if (!item.keySet().containsAll(index.keys())) {
            return Map.of();
        }
        Map<String, AttributeValue> entry = new HashMap<>();
        index.keys().forEach(key -> entry.put(key, Objects.requireNonNull(item.get(key))));
        index.included().stream()
                .filter(item::containsKey)
                .forEach(name -> entry.put(name, Objects.requireNonNull(item.get(name))));
        entry.put(JobTable.JOB_ID, Objects.requireNonNull(item.get(JobTable.JOB_ID)));
        return entry;
    }

    private static long units(long bytes) {
        return Math.ceilDiv(bytes, UNIT);
    }
}
