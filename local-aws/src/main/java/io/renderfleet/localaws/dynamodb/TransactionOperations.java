package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The operations TransactWriteItems and TransactGetItems: parses the requests and builds the responses. */
final class TransactionOperations {
    private static final int MAX_ITEMS = 100;
    private static final int MAX_TOKEN = 36;
    private static final String ITEMS = "TransactItems";
    private static final String TOKEN = "ClientRequestToken";

    private final Tables tables;
    private final Transactions transactions;
    private final TransactionTokens tokens;

    TransactionOperations(Tables tables, Transactions transactions, TransactionTokens tokens) {
        this.tables = tables;
        this.transactions = transactions;
        this.tokens = tokens;
    }

    private record Write(String table, ItemWrite write) {}

    private record Get(String table, ItemOperations.ItemRead read) {}

    ObjectNode transactWriteItems(Request request) {
        checkCount(request);
        request.oneOf("ReturnConsumedCapacity", "INDEXES", "TOTAL", "NONE")
                .oneOf("ReturnItemCollectionMetrics", "SIZE", "NONE");
        String token = request.text(TOKEN);
        if (token != null && (token.isEmpty() || token.length() > MAX_TOKEN)) {
            request.addError("Value '" + token
                    + "' at 'clientRequestToken' failed to satisfy constraint: Member must have "
                    + (token.isEmpty() ? "length greater than or equal to 1" : "length less than or equal to 36"));
        }
        request.check();
        List<Write> writes = request.structures(ITEMS).stream()
                .map(TransactionOperations::write)
                .toList();
        writes.forEach(write -> tables.get(write.table()));
        var actions = new ArrayList<Transactions.Action>();
        var invalid = new ArrayList<Optional<ServiceException>>();
        for (Write write : writes) {
            Table table = tables.get(write.table());
            Key key = Key.EMPTY;
            Optional<ServiceException> error = Optional.empty();
            try {
                key = write.write().checkedKey(table);
                if (!table.throttle().admits()) {
                    error = Optional.of(Throttle.refusal());
                }
            } catch (ServiceException e) {
                error = Optional.of(e);
            }
            invalid.add(error);
            actions.add(new Transactions.Action(
                    table,
                    key,
                    old -> write.write().decide(table, old),
                    write.write().writes()));
        }
        Transactions.cancelIfAny(invalid);
        checkDistinct(actions);
        var capacity = new Capacity(request.text("ReturnConsumedCapacity", "NONE"));
        if (token == null) {
            count(capacity, actions, transactions.write(actions, Optional.empty()));
        } else {
            var attempt = tokens.begin(token, request.json().get(ITEMS));
            if (attempt.isEmpty()) {
                // It has happened: answered as the first time, at the cost of reading the items.
                actions.forEach(action -> {
                    var item = action.table().read(action.key());
                    int size = item == null ? 0 : ItemSize.of(item);
                    capacity.read(action.table(), null, Capacity.TRANSACTION * Capacity.readUnits(size, true));
                });
            } else {
                boolean written = false;
                try {
                    count(capacity, actions, transactions.write(actions, attempt));
                    written = true;
                } finally {
                    tokens.end(attempt.get(), written);
                }
            }
        }
        ObjectNode answer = Json.object();
        if (request.text("ReturnItemCollectionMetrics", "NONE").equals("SIZE")) {
            ObjectNode metrics = Json.object();
            writes.forEach(write -> ItemOperations.collectionMetrics(
                            tables.get(write.table()), write.write().key())
                    .ifPresent(
                            metric -> metrics.withArrayProperty(write.table()).add(metric)));
            answer.set("ItemCollectionMetrics", metrics);
        }
        capacity.reportTransaction(answer);
        return answer;
    }

    ObjectNode transactGetItems(Request request) {
        checkCount(request);
        request.oneOf("ReturnConsumedCapacity", "INDEXES", "TOTAL", "NONE").check();
        List<Get> gets = request.structures(ITEMS).stream()
                .map(TransactionOperations::get)
                .toList();
        gets.forEach(get -> tables.get(get.table()));
        var actions = new ArrayList<Transactions.Action>();
        var invalid = new ArrayList<Optional<ServiceException>>();
        for (Get get : gets) {
            Table table = tables.get(get.table());
            Key key = Key.EMPTY;
            Optional<ServiceException> error = Optional.empty();
            try {
                table.key().checkKey(get.read().key());
                key = table.key().of(get.read().key());
            } catch (ServiceException e) {
                error = Optional.of(e);
            }
            invalid.add(error);
            actions.add(new Transactions.Action(table, key, old -> old, false));
        }
        Transactions.cancelIfAny(invalid);
        checkDistinct(actions);
        var items = transactions.read(actions);
        Transactions.checkSize(items.stream()
                .mapToInt(item -> item.map(ItemSize::of).orElse(0))
                .sum());
        var capacity = new Capacity(request.text("ReturnConsumedCapacity", "NONE"));
        ObjectNode answer = Json.object();
        ArrayNode responses = answer.putArray("Responses");
        for (int i = 0; i < gets.size(); i++) {
            ObjectNode response = responses.addObject();
            gets.get(i)
                    .read()
                    .projected(actions.get(i).table(), items.get(i).orElse(null), capacity, Capacity.TRANSACTION)
                    .ifPresent(item -> response.set("Item", AttributeJson.write(item)));
        }
        capacity.reportTransaction(answer);
        return answer;
    }

    private static Write write(Request item) {
        List<String> kinds = List.of("ConditionCheck", "Put", "Update", "Delete").stream()
                .filter(item::has)
                .toList();
        if (kinds.size() != 1) {
            throw ServiceException.validation("TransactItems can only contain one of Check, Put, Update or Delete");
        }
        String kind = kinds.getFirst();
        Request action = Request.structure(item.json().get(kind));
        String table = action.tableName();
        action.notNull(kind.equals("Put") ? "Item" : "Key")
                .oneOf("ReturnValuesOnConditionCheckFailure", "ALL_OLD", "NONE");
        if (kind.equals("ConditionCheck")) {
            action.notNull("ConditionExpression");
        }
        if (kind.equals("Update")) {
            action.notNull("UpdateExpression");
        }
        action.check();
        return new Write(
                table,
                switch (kind) {
                    case "Put" -> ItemWrite.put(action, List.of());
                    case "Update" -> ItemWrite.update(action, List.of());
                    case "Delete" -> ItemWrite.delete(action, List.of());
                    default -> ItemWrite.check(action);
                });
    }

    private static Get get(Request item) {
        Request get = item.notNull("Get").structure("Get");
        item.check();
        if (get == null) {
            throw new IllegalStateException("Get was checked to be there.");
        }
        String table = get.tableName();
        get.notNull("Key").check();
        return new Get(table, ItemOperations.ItemRead.of(get));
    }

    private static void checkCount(Request request) {
        request.notNull(ITEMS).check();
        List<JsonNode> items = request.elements(ITEMS, item -> item);
        if (items.isEmpty() || items.size() > MAX_ITEMS) {
            throw Request.constraints("Value '[" + Request.shown(request.json().get(ITEMS))
                    + "]' at 'transactItems' failed to satisfy constraint: Member must "
                    + (items.isEmpty()
                            ? "have length greater than or equal to 1"
                            : "have length less than or equal to 100"));
        }
    }

    private static void checkDistinct(List<Transactions.Action> actions) {
        Set<List<Object>> seen = new HashSet<>();
        for (Transactions.Action action : actions) {
            if (!seen.add(List.of(action.table().definition().id(), action.key()))) {
                throw ServiceException.validation("Transaction request cannot include multiple operations on one item");
            }
        }
    }

    private static void count(Capacity capacity, List<Transactions.Action> actions, List<Table.Change> changes) {
        for (int i = 0; i < changes.size(); i++) {
            capacity.write(actions.get(i).table(), changes.get(i), Capacity.TRANSACTION);
        }
    }
}
