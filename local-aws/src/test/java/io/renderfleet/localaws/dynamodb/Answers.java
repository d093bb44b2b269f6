package io.renderfleet.localaws.dynamodb;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * What a server answers to a request, in a form that is equal for two servers that agree: numbers in one spelling, sets
 * and what has no order sorted, all pages of a query or a scan.
 */
final class Answers {
    /** The order of two numbers, or of two strings. */
    static final Comparator<AttributeValue> ORDER = (left, right) -> left.n() == null
            ? Arrays.compareUnsigned(utf8(left), utf8(right))
            : new BigDecimal(left.n()).compareTo(new BigDecimal(right.n()));

    private static final int MAX_PAGES = 1000;
    private static final Pattern UPDATED = Pattern.compile("(?:SET|REMOVE|ADD|DELETE|,) (#?\\w+)");

    private Answers() {}

    static Map<String, Object> of(DynamoDbClient client, DynamoDbRequest request) {
        try {
            return switch (request) {
                case PutItemRequest put ->
                    Map.of("item", normal(client.putItem(put).attributes()));
                case UpdateItemRequest update ->
                    Map.of("item", normal(client.updateItem(update).attributes()));
                case DeleteItemRequest delete ->
                    Map.of("item", normal(client.deleteItem(delete).attributes()));
                case GetItemRequest get -> {
                    var answer = client.getItem(get);
                    yield Map.of("found", answer.hasItem(), "item", normal(answer.item()));
                }
                case BatchWriteItemRequest write -> {
                    var answer = client.batchWriteItem(write);
                    yield Map.of("left", answer.unprocessedItems());
                }
                case BatchGetItemRequest get -> {
                    var answer = client.batchGetItem(get);
                    var items = new HashMap<String, Object>();
                    answer.responses().forEach((table, found) -> items.put(table, unordered(found)));
                    yield Map.of("items", items, "left", answer.unprocessedKeys());
                }
                case TransactWriteItemsRequest write -> {
                    client.transactWriteItems(write);
                    yield Map.of();
                }
                case TransactGetItemsRequest get ->
                    Map.of(
                            "items",
                            client.transactGetItems(get).responses().stream()
                                    .map(response -> response.hasItem() + " " + normal(response.item()))
                                    .toList());
                case QueryRequest query -> query(client, query);
                case ScanRequest scan -> scan(client, scan);
                default -> throw new IllegalArgumentException(request.toString());
            };
        } catch (DynamoDbException e) {
            return error(e);
        }
    }

    /**
     * As {@link #of}, from a server that reports only attributes that an update has changed, where the service reports
     * all that the update names: it is asked for all attributes, and those that the update names are taken.
     */
    static Map<String, Object> ofChangeReporter(DynamoDbClient client, DynamoDbRequest request) {
        if (request instanceof UpdateItemRequest update
                && update.returnValuesAsString().startsWith("UPDATED")) {
            var answer = of(
                    client,
                    update.toBuilder()
                            .returnValues(
                                    update.returnValues() == ReturnValue.UPDATED_OLD
                                            ? ReturnValue.ALL_OLD
                                            : ReturnValue.ALL_NEW)
                            .build());
            if (!answer.containsKey("error") && answer.get("item") instanceof Map<?, ?> item) {
                var updated = new HashMap<Object, Object>(item);
                updated.keySet()
                        .retainAll(UPDATED.matcher(update.updateExpression())
                                .results()
                                .map(result -> result.group(1))
                                .map(name -> update.expressionAttributeNames().getOrDefault(name, name))
                                .toList());
                return Map.of("item", updated);
            }
            return answer;
        }
        return of(client, request);
    }

    static Map<String, AttributeValue> normal(Map<String, AttributeValue> item) {
        var normal = new TreeMap<String, AttributeValue>();
        item.forEach((name, value) -> normal.put(name, normal(value)));
        return normal;
    }

    private static AttributeValue normal(AttributeValue value) {
        return switch (value.type()) {
            case N -> AttributeValue.fromN(number(value.n()));
            case NS ->
                AttributeValue.fromNs(
                        value.ns().stream().map(Answers::number).sorted().toList());
            case SS -> AttributeValue.fromSs(value.ss().stream().sorted().toList());
            case BS ->
                AttributeValue.fromBs(value.bs().stream()
                        .sorted((left, right) -> Arrays.compare(left.asByteArrayUnsafe(), right.asByteArrayUnsafe()))
                        .toList());
            case L ->
                AttributeValue.fromL(value.l().stream().map(Answers::normal).toList());
            case M -> AttributeValue.fromM(normal(value.m()));
            default -> value;
        };
    }

    private static String number(String number) {
        return new BigDecimal(number).stripTrailingZeros().toPlainString();
    }

    private static byte[] utf8(AttributeValue value) {
        return value.s().getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> unordered(List<Map<String, AttributeValue>> items) {
        return items.stream().map(item -> normal(item).toString()).sorted().toList();
    }

    /** Pages that have nothing are left out: how many follow the last item is the server's own affair. */
    private static Map<String, Object> query(DynamoDbClient client, QueryRequest query) {
        var pages = new ArrayList<QueryResponse>();
        Map<String, AttributeValue> start = query.hasExclusiveStartKey() ? query.exclusiveStartKey() : null;
        do {
            var page = client.query(query.toBuilder().exclusiveStartKey(start).build());
            pages.add(page);
            start = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : null;
        } while (start != null && pages.size() < MAX_PAGES);
        pages.removeIf(page -> page.scannedCount() == 0);
        var items = pages.stream().flatMap(page -> page.items().stream()).toList();
        var answer = new HashMap<String, Object>();
        answer.put("scanned", pages.stream().map(QueryResponse::scannedCount).toList());
        if (query.indexName() == null) {
            answer.put("counts", pages.stream().map(QueryResponse::count).toList());
            answer.put("items", items.stream().map(Answers::normal).toList());
            answer.put(
                    "continuations",
                    pages.stream()
                            .limit(Math.max(0, pages.size() - 1))
                            .map(page -> normal(page.lastEvaluatedKey()))
                            .toList());
        } else {
            // Items of one index key have no order, and a page may end between any two of them.
            answer.put("count", pages.stream().mapToInt(QueryResponse::count).sum());
            answer.put(
                    "keys",
                    items.stream()
                            .map(item -> String.valueOf(normal(item).get("o")))
                            .toList());
            answer.put("items", unordered(items));
        }
        return answer;
    }

    private static Map<String, Object> scan(DynamoDbClient client, ScanRequest scan) {
        var pages = new ArrayList<ScanResponse>();
        Map<String, AttributeValue> start = null;
        do {
            var page = client.scan(scan.toBuilder().exclusiveStartKey(start).build());
            pages.add(page);
            start = page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : null;
        } while (start != null && pages.size() < MAX_PAGES);
        pages.removeIf(page -> page.scannedCount() == 0);
        return Map.of(
                "scanned", pages.stream().map(ScanResponse::scannedCount).toList(),
                "count", pages.stream().mapToInt(ScanResponse::count).sum(),
                "items",
                        unordered(pages.stream()
                                .flatMap(page -> page.items().stream())
                                .toList()));
    }

    private static Map<String, Object> error(DynamoDbException e) {
        var answer = new HashMap<String, Object>();
        answer.put("error", e.statusCode() + " " + e.awsErrorDetails().errorCode());
        answer.put("message", String.valueOf(e.awsErrorDetails().errorMessage()));
        if (e instanceof ConditionalCheckFailedException failed) {
            answer.put("item", normal(failed.item()));
        }
        if (e instanceof TransactionCanceledException canceled) {
            answer.put(
                    "reasons",
                    canceled.cancellationReasons().stream()
                            .map(reason -> reason.code() + " " + reason.message() + " " + normal(reason.item()))
                            .toList());
        }
        return answer;
    }
}
