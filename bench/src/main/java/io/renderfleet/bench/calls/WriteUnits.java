package io.renderfleet.bench.calls;

import io.renderfleet.job.JobTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What a write of a job's item costs, by the rule DynamoDB documents: a unit per started KiB of the larger of the
 * item before and after, and for each index a unit per started KiB of every entry written or deleted there. An entry
 * whose attributes stay as they were costs nothing; one whose key changes costs a deletion and a write. After
 * "DynamoDB read and write operations" and "Using global secondary indexes" in the developer guide.
 */
final class WriteUnits {
    private static final int UNIT = 1024;

    /** The indexes' keys; they project no more than these and the table's key. */
    private static final List<List<String>> INDEXES =
            List.of(List.of(JobTable.USER_ID, JobTable.CREATED_AT), List.of(JobTable.CHECK_SHARD, JobTable.CHECK_AT));

    private WriteUnits() {}

    /**
     * @param before empty when there was none
     * @param after empty when the write deleted it; as {@code before} when its condition did not hold
     */
    static long of(Map<String, AttributeValue> before, Map<String, AttributeValue> after) {
        long units = Math.max(1, units(Math.max(ItemSize.of(before), ItemSize.of(after))));
        for (List<String> keys : INDEXES) {
            Map<String, AttributeValue> old = entry(before, keys);
            Map<String, AttributeValue> made = entry(after, keys);
            if (!old.equals(made)) {
                units += units(ItemSize.of(old)) + units(ItemSize.of(made));
            }
        }
        return units;
    }

    /** An item's entry in an index; empty when it has none there, because a key is missing. */
    private static Map<String, AttributeValue> entry(Map<String, AttributeValue> item, List<String> keys) {
        if (!item.keySet().containsAll(keys)) {
            return Map.of();
        }
        Map<String, AttributeValue> entry = new HashMap<>();
        keys.forEach(key -> entry.put(key, Objects.requireNonNull(item.get(key))));
        entry.put(JobTable.JOB_ID, Objects.requireNonNull(item.get(JobTable.JOB_ID)));
        return entry;
    }

    private static long units(long bytes) {
        return Math.ceilDiv(bytes, UNIT);
    }
}
