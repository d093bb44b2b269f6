package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * BatchGetItem and BatchWriteItem: each item is processed separately, and unprocessed items are returned to the client.
 */
final class BatchOperations {
    private static final int MAX_GETS = 100;
    private static final int MAX_WRITES = 25;
    private static final int MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
    private static final String ITEMS = "RequestItems";
    private static final String DUPLICATES = "Provided list of item keys contains duplicates";

    private final Tables tables;
    private final Unprocessed unprocessed;

    BatchOperations(Tables tables, Unprocessed unprocessed) {
        this.tables = tables;
        this.unprocessed = unprocessed;
    }

    /**
     * Selects items of a batch that are returned as unprocessed, in addition to those that are throttled. For tests.
     */
    @FunctionalInterface
    interface Unprocessed {
        Unprocessed NONE = (table, place) -> false;

        /**
         * Whether an item is returned as unprocessed.
         *
         * @param table the name of the table
         * @param place the position of the item in the request, from 0
         */
        boolean includes(String table, int place);
    }

    private record Get(
            Table table, ObjectNode request, JsonNode key, ItemOperations.ItemRead read, boolean consistent) {}

    private record Write(Table table, JsonNode request, ItemWrite write, Key key) {}

    ObjectNode batchGetItem(Request request) {
        Map<String, JsonNode> byTable = requestItems(request, "BatchGetItem");
        request.oneOf("ReturnConsumedCapacity", "INDEXES", "TOTAL", "NONE").check();
        int count = 0;
        for (var entry : byTable.entrySet()) {
            Request of = Request.structure(entry.getValue());
            List<Request> keys = of.structures("Keys");
            if (keys.isEmpty() || keys.size() > MAX_GETS) {
                throw Request.constraints("Value at 'RequestItems." + entry.getKey()
                        + ".member.Keys' failed to satisfy constraint: Member must have length "
                        + (keys.isEmpty() ? "greater than or equal to 1" : "less than or equal to 100"));
            }
            count += keys.size();
        }
        if (count > MAX_GETS) {
            throw ServiceException.validation("Too many items requested for the BatchGetItem call");
        }
        var gets = new ArrayList<Get>();
        byTable.forEach((name, node) -> gets.addAll(gets(name, Request.structure(node))));
        var capacity = new Capacity(request.text("ReturnConsumedCapacity", "NONE"));
        ObjectNode answer = Json.object();
        ObjectNode responses = answer.putObject("Responses");
        ObjectNode left = Json.object();
        byTable.keySet().forEach(responses::putArray);
        long bytes = 0;
        int place = 0;
        for (Get get : gets) {
            String name = get.table().definition().name();
            if (unprocessed.includes(name, place++) || bytes > MAX_RESPONSE_BYTES) {
                if (!left.has(name)) {
                    left.set(name, get.request().deepCopy().set("Keys", Json.array()));
                }
                left.withObjectProperty(name).withArrayProperty("Keys").add(get.key());
                continue;
            }
            var item = get.read().execute(get.table(), get.consistent(), capacity);
            if (item.isPresent()) {
                bytes += ItemSize.of(item.get());
                ((ArrayNode) responses.get(name)).add(AttributeJson.write(item.get()));
            }
        }
        answer.set("UnprocessedKeys", left);
        capacity.reportAll(answer);
        return answer;
    }

    private List<Get> gets(String name, Request of) {
        Request.checkTableName(name, 1);
        var keys = of.structures("Keys");
        boolean consistent = of.bool("ConsistentRead", false);
        var seen = new HashSet<Map<String, AttributeValue>>();
        var gets = new ArrayList<Get>();
        var expressions = new Expressions(of, List.of("ProjectionExpression"), List.of("AttributesToGet"));
        var projection = expressions.projection();
        expressions.requireAllUsed();
        for (Request key : keys) {
            var attributes = AttributeJson.readItem(key.json());
            if (!seen.add(attributes)) {
                throw ServiceException.validation(DUPLICATES);
            }
            gets.add(new Get(
                    tables.get(name),
                    of.json(),
                    key.json(),
                    new ItemOperations.ItemRead(attributes, projection),
                    consistent));
        }
        gets.forEach(get -> get.table().key().checkKey(get.read().key()));
        return gets;
    }

    ObjectNode batchWriteItem(Request request) {
        Map<String, JsonNode> byTable = requestItems(request, "BatchWriteItem");
        request.oneOf("ReturnConsumedCapacity", "INDEXES", "TOTAL", "NONE")
                .oneOf("ReturnItemCollectionMetrics", "SIZE", "NONE")
                .check();
        int count = 0;
        for (String name : byTable.keySet()) {
            int size = Request.structure(request.json().get(ITEMS))
                    .structures(name)
                    .size();
            if (size == 0 || size > MAX_WRITES) {
                throw Request.constraints(
                        "Value '{" + name + "=[" + Request.shown(byTable.get(name)) + "]}' at 'requestItems' failed to"
                                + " satisfy constraint: Map value"
                                + " must satisfy constraint:"
                                + " [Member must have length less"
                                + " than or equal to 25, Member"
                                + " must have length greater than"
                                + " or equal to 1]");
            }
            count += size;
        }
        if (count > MAX_WRITES) {
            throw ServiceException.validation("Too many items requested for the BatchWriteItem call");
        }
        var writes = new ArrayList<Write>();
        for (String name : byTable.keySet()) {
            writes.addAll(
                    writes(name, Request.structure(request.json().get(ITEMS)).structures(name)));
        }
        var capacity = new Capacity(request.text("ReturnConsumedCapacity", "NONE"));
        ObjectNode left = Json.object();
        ObjectNode metrics = Json.object();
        int place = 0;
        int throttled = 0;
        for (Write write : writes) {
            Table table = write.table();
            boolean admitted = table.throttle().admits();
            throttled += admitted ? 0 : 1;
            String name = table.definition().name();
            if (unprocessed.includes(name, place++) || !admitted || !wrote(write, capacity)) {
                left.withArrayProperty(name).add(write.request());
                continue;
            }
            ItemOperations.collectionMetrics(table, write.write().key())
                    .ifPresent(metric -> metrics.withArrayProperty(name).add(metric));
        }
        if (throttled == writes.size()) {
            throw Throttle.refusal();
        }
        ObjectNode answer = Json.object();
        answer.set("UnprocessedItems", left);
        if (request.text("ReturnItemCollectionMetrics", "NONE").equals("SIZE") && !metrics.isEmpty()) {
            answer.set("ItemCollectionMetrics", metrics);
        }
        capacity.reportAll(answer);
        return answer;
    }

    /**
     * Returns false if a transaction has claimed the item or the journal fails; the item is then returned as
     * unprocessed.
     */
    private static boolean wrote(Write write, Capacity capacity) {
        try {
            Table table = write.table();
            capacity.write(table, table.write(write.key(), old -> write.write().decide(table, old)), 1);
            return true;
        } catch (ServiceException e) {
            if (e.name().equals("TransactionConflictException") || e.isServerFault()) {
                return false;
            }
            throw e;
        }
    }

    private List<Write> writes(String name, List<Request> requests) {
        Request.checkTableName(name, 1);
        var parsed = new ArrayList<ItemWrite>();
        for (Request request : requests) {
            Request put = request.structure("PutRequest");
            Request delete = request.structure("DeleteRequest");
            if ((put == null) == (delete == null)) {
                throw ServiceException.validation(
                        "Supplied AttributeValue has more than one datatypes set, must contain "
                                + "exactly one of the supported datatypes");
            }
            if (put != null) {
                put.notNull("Item").check();
                parsed.add(ItemWrite.put(put, List.of()));
            }
            if (delete != null) {
                delete.notNull("Key").check();
                parsed.add(ItemWrite.delete(delete, List.of()));
            }
        }
        Table table = tables.get(name);
        Set<Key> seen = new HashSet<>();
        var writes = new ArrayList<Write>();
        for (int i = 0; i < parsed.size(); i++) {
            Key key = parsed.get(i).checkedKey(table);
            if (!seen.add(key)) {
                throw ServiceException.validation(DUPLICATES);
            }
            writes.add(new Write(table, requests.get(i).json(), parsed.get(i), key));
        }
        return writes;
    }

    private static Map<String, JsonNode> requestItems(Request request, String operation) {
        Map<String, JsonNode> items = request.members(ITEMS);
        if (items.isEmpty()) {
            throw ServiceException.validation("The requestItems parameter is required for " + operation);
        }
        return items;
    }
}
