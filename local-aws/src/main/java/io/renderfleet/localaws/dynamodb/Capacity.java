package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The capacity that a request consumes, counted as the service does: a write unit for each started KB of the larger of
 * the item before and after, for the table and for each index whose entry changes; a read unit for each started 4 KB of
 * a consistent read, and half of that for an eventually consistent read. A transaction consumes twice as much.
 *
 * @see <a href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html">DynamoDB
 *     read and write operations</a>
 */
final class Capacity {
    static final double TRANSACTION = 2;
    private static final int WRITE_UNIT = 1024;
    private static final int READ_UNIT = 4096;

    private final String mode;
    private final Map<String, Consumed> tables = new LinkedHashMap<>();

    /** What one table and its indexes consumed. */
    private static final class Consumed {
        private double table;
        private double reads;
        private double writes;
        private final Map<String, Double> global = new LinkedHashMap<>();
        private final Map<String, Double> local = new LinkedHashMap<>();

        double total() {
            return table + sum(global) + sum(local);
        }

        private static double sum(Map<String, Double> units) {
            return units.values().stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    /** @param mode the request's {@code ReturnConsumedCapacity}: {@code NONE}, {@code TOTAL} or {@code INDEXES} */
    Capacity(String mode) {
        this.mode = mode;
    }

    static double readUnits(long bytes, boolean consistent) {
        double units = Math.max(1, Math.ceilDiv(bytes, READ_UNIT));
        return consistent ? units : units / 2;
    }

    static double writeUnits(long bytes) {
        return Math.max(1, Math.ceilDiv(bytes, WRITE_UNIT));
    }

    /** Counts a read of this many bytes; of an index when it is not null. */
    void read(Table table, @Nullable IndexSchema index, double units) {
        Consumed consumed = of(table);
        consumed.reads += units;
        if (index == null) {
            consumed.table += units;
        } else {
            (index.local() ? consumed.local : consumed.global).merge(index.name(), units, Double::sum);
        }
    }

    /** Counts a write, and charges the table's throttle with it. */
    void write(Table table, Table.Change change, double factor) {
        if (mode.equals("NONE") && !table.throttle().isOn()) {
            return;
        }
        Consumed consumed = of(table);
        double units = factor * writeUnits(Math.max(size(change.before()), size(change.after())));
        consumed.table += units;
        for (IndexSchema index : table.definition().indexes()) {
            double indexUnits = factor * indexUnits(index, table.key(), change);
            if (indexUnits > 0) {
                (index.local() ? consumed.local : consumed.global).merge(index.name(), indexUnits, Double::sum);
                units += indexUnits;
            }
        }
        consumed.writes += units;
        table.throttle().charge(units);
    }

    /** Adds the consumption of the one table to an answer, where the request asks for it. */
    void report(ObjectNode answer) {
        if (!mode.equals("NONE")) {
            tables.forEach((name, consumed) -> answer.set("ConsumedCapacity", describe(name, consumed)));
        }
    }

    /** Adds the consumption of all tables to the answer of a batch or a transaction, where the request asks for it. */
    void reportAll(ObjectNode answer) {
        if (!mode.equals("NONE")) {
            ArrayNode all = answer.putArray("ConsumedCapacity");
            tables.forEach((name, consumed) -> all.add(describe(name, consumed)));
        }
    }

    /** As {@link #reportAll}, with reads and writes apart, as transactions have them. */
    void reportTransaction(ObjectNode answer) {
        reportAll(answer);
        answer.path("ConsumedCapacity").forEach(entry -> {
            Consumed consumed = tables.get(entry.path("TableName").asText());
            if (consumed != null && entry instanceof ObjectNode node) {
                if (consumed.reads > 0) {
                    node.put("ReadCapacityUnits", consumed.reads);
                }
                if (consumed.writes > 0) {
                    node.put("WriteCapacityUnits", consumed.writes);
                }
            }
        });
    }

    private ObjectNode describe(String name, Consumed consumed) {
        ObjectNode node = Json.object().put("TableName", name).put("CapacityUnits", consumed.total());
        if (mode.equals("INDEXES")) {
            node.putObject("Table").put("CapacityUnits", consumed.table);
            describe(node, "GlobalSecondaryIndexes", consumed.global);
            describe(node, "LocalSecondaryIndexes", consumed.local);
        }
        return node;
    }

    private static void describe(ObjectNode node, String name, Map<String, Double> units) {
        if (!units.isEmpty()) {
            ObjectNode indexes = node.putObject(name);
            units.forEach((index, consumed) -> indexes.putObject(index).put("CapacityUnits", consumed));
        }
    }

    private Consumed of(Table table) {
        return tables.computeIfAbsent(table.definition().name(), name -> new Consumed());
    }

    /**
     * An entry whose key changes costs a deletion and a write; an entry whose projected attributes do not change is
     * free.
     */
    private static double indexUnits(IndexSchema index, KeySchema tableKey, Table.Change change) {
        var before = entry(index, tableKey, change.before());
        var after = entry(index, tableKey, change.after());
        if (before == null && after == null) {
            return 0;
        }
        if (before == null || after == null) {
            return writeUnits(Math.max(size(before), size(after)));
        }
        if (!index.key().keyOf(before).equals(index.key().keyOf(after))) {
            return writeUnits(size(before)) + writeUnits(size(after));
        }
        return before.equals(after) ? 0 : writeUnits(Math.max(size(before), size(after)));
    }

    private static @Nullable Map<String, AttributeValue> entry(
            IndexSchema index, KeySchema tableKey, @Nullable Map<String, AttributeValue> item) {
        return item != null && index.key().isIn(item) ? index.project(item, tableKey) : null;
    }

    private static int size(@Nullable Map<String, AttributeValue> item) {
        return item == null ? 0 : ItemSize.of(item);
    }
}
