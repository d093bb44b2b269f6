package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes of single items. */
final class ItemOperations {
    private static final List<String> EXPECTED = List.of("Expected", "ConditionalOperator");

    private final Tables tables;

    ItemOperations(Tables tables) {
        this.tables = tables;
    }

    ObjectNode putItem(Request request) {
        String table = request.tableName();
        checkWrite(request.notNull("Item"), "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW");
        var write = ItemWrite.put(request, EXPECTED);
        refuseReturnValues(request, "ALL_OLD");
        return execute(table, write, request);
    }

    ObjectNode deleteItem(Request request) {
        String table = request.tableName();
        checkWrite(request.notNull("Key"), "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW");
        var write = ItemWrite.delete(request, EXPECTED);
        refuseReturnValues(request, "ALL_OLD");
        return execute(table, write, request);
    }

    ObjectNode updateItem(Request request) {
        String table = request.tableName();
        checkWrite(request.notNull("Key"), "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW");
        return execute(
                table,
                ItemWrite.update(request, List.of("AttributeUpdates", "Expected", "ConditionalOperator")),
                request);
    }

    ObjectNode getItem(Request request) {
        String name = request.tableName();
        request.notNull("Key")
                .oneOf("ReturnConsumedCapacity", "INDEXES", "TOTAL", "NONE")
                .check();
        var read = ItemRead.of(request);
        Table table = tables.get(name);
        var capacity = new Capacity(request.text("ReturnConsumedCapacity", "NONE"));
        ObjectNode answer = Json.object();
        read.execute(table, request.bool("ConsistentRead", false), capacity)
                .ifPresent(item -> answer.set("Item", AttributeJson.write(item)));
        capacity.report(answer);
        return answer;
    }

    /**
     * A read of one item.
     *
     * @param key the key of the item, not checked against the table
     * @param projection the parts to return; empty for the whole item
     */
    record ItemRead(Map<String, AttributeValue> key, Optional<Projection> projection) {

        static ItemRead of(Request request) {
            var key = AttributeJson.readItem(request.json().get("Key"));
            var expressions = new Expressions(request, List.of("ProjectionExpression"), List.of("AttributesToGet"));
            var projection = expressions.projection();
            expressions.requireAllUsed();
            return new ItemRead(key, projection);
        }

        Optional<Map<String, AttributeValue>> execute(Table table, boolean consistent, Capacity capacity) {
            table.key().checkKey(key);
            return projected(table, table.read(table.key().of(key)), capacity, consistent ? 1 : 1 / 2.0);
        }

        /** Counts the read and returns the requested parts of the item. */
        Optional<Map<String, AttributeValue>> projected(
                Table table, @Nullable Map<String, AttributeValue> item, Capacity capacity, double factor) {
            int size = item == null ? 0 : ItemSize.of(item);
            capacity.read(table, null, factor * Capacity.readUnits(size, true));
            return Optional.ofNullable(item)
                    .map(found -> projection.map(parts -> parts.of(found)).orElse(found));
        }
    }

    private static void checkWrite(Request request, String... returnValues) {
        request.oneOf("ReturnConsumedCapacity", "INDEXES", "TOTAL", "NONE")
                .oneOf("ReturnItemCollectionMetrics", "SIZE", "NONE")
                .oneOf("ReturnValues", returnValues)
                .oneOf("ReturnValuesOnConditionCheckFailure", "ALL_OLD", "NONE")
                .check();
    }

    private static void refuseReturnValues(Request request, String allowed) {
        String value = request.text("ReturnValues", "NONE");
        if (!value.equals("NONE") && !value.equals(allowed)) {
            throw ServiceException.validation("ReturnValues can only be ALL_OLD or NONE");
        }
    }

    private ObjectNode execute(String tableName, ItemWrite write, Request request) {
        Table table = tables.get(tableName);
        Key key = write.checkedKey(table);
        if (!table.throttle().admits()) {
            throw Throttle.refusal();
        }
        var capacity = new Capacity(request.text("ReturnConsumedCapacity", "NONE"));
        Table.Change change = table.write(key, old -> {
            try {
                return write.decide(table, old);
            } catch (ServiceException e) {
                // A condition that fails costs as much as the write would have.
                capacity.write(table, new Table.Change(old, old), 1);
                throw e;
            }
        });
        capacity.write(table, change, 1);
        ObjectNode answer = Json.object();
        var returned = returned(request.text("ReturnValues", "NONE"), write, change);
        if (returned != null && !returned.isEmpty()) {
            answer.set("Attributes", AttributeJson.write(returned));
        }
        capacity.report(answer);
        if (request.text("ReturnItemCollectionMetrics", "NONE").equals("SIZE")) {
            collectionMetrics(table, write.key()).ifPresent(metrics -> answer.set("ItemCollectionMetrics", metrics));
        }
        return answer;
    }

    /** Tables with local indexes have item collections, whose size is not looked up: always the smallest range. */
    static Optional<ObjectNode> collectionMetrics(Table table, Map<String, AttributeValue> key) {
        if (table.definition().indexes().stream().noneMatch(IndexSchema::local)) {
            return Optional.empty();
        }
        String hash = table.key().hash().name();
        ObjectNode metrics = Json.object();
        metrics.putObject("ItemCollectionKey")
                .set(hash, AttributeJson.write(key).get(hash));
        metrics.putArray("SizeEstimateRangeGB").add(0).add(1);
        return Optional.of(metrics);
    }

    private static @Nullable Map<String, AttributeValue> returned(String what, ItemWrite write, Table.Change change) {
        return switch (what) {
            case "ALL_OLD" -> change.before();
            case "ALL_NEW" -> change.after();
            case "UPDATED_OLD" -> updated(write, change.before());
            case "UPDATED_NEW" -> updated(write, change.after());
            default -> null;
        };
    }

    /** The values of the paths in the update expression. */
    private static @Nullable Map<String, AttributeValue> updated(
            ItemWrite write, @Nullable Map<String, AttributeValue> item) {
        if (item == null) {
            return null;
        }
        return new LinkedHashMap<>(Projection.of(write.updatedPaths()).of(item));
    }
}
