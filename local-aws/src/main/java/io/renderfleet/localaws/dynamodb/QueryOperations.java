package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operations Query and Scan of tables and indexes, which return one page per call. */
final class QueryOperations {
    private static final int MAX_PAGE_BYTES = 1024 * 1024;
    private static final int MAX_SEGMENTS = 1_000_000;
    private static final List<String> CAPACITY = List.of("INDEXES", "TOTAL", "NONE");
    private static final String START_KEY = "ExclusiveStartKey";

    private final Tables tables;

    QueryOperations(Tables tables) {
        this.tables = tables;
    }

    ObjectNode query(Request request) {
        String name = request.tableName();
        request.oneOf("ReturnConsumedCapacity", CAPACITY.toArray(String[]::new))
                .oneOf("Select", "SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES");
        Integer limit = request.integer("Limit");
        if (limit != null && limit < 1) {
            request.addError(
                    "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1");
        }
        request.check();
        var expressions = new Expressions(
                request,
                List.of("ProjectionExpression", "FilterExpression", "KeyConditionExpression"),
                List.of("AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"));
        if (!request.has("KeyConditionExpression")) {
            throw ServiceException.validation(
                    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
        }
        var keyCondition = expressions.condition("KeyConditionExpression").orElseThrow();
        var filter = expressions.condition("FilterExpression");
        var projection = expressions.projection();
        expressions.requireAllUsed();
        var start = startKey(request);
        ReadSource source = ReadSource.of(tables.get(name), request);
        var parameters = ReadParameters.of(source, request, filter, projection);
        var keys = KeyCondition.of(keyCondition, source.key());
        filter.ifPresent(condition -> refuseKeys(condition, source.key()));
        boolean forward = request.bool("ScanIndexForward", true);
        Key from = keys.from();
        Key to = keys.to();
        if (start.isPresent()) {
            Key at = source.keyOf(start.get());
            if (!at.isIn(keys.from(), keys.to())) {
                throw ServiceException.validation(
                        keys.from().equals(keys.partition())
                                ? "The provided starting key is outside query boundaries based on provided conditions"
                                : "The provided starting key does not match the range key predicate");
            }
            from = forward ? at.next() : from;
            to = forward ? to : at;
        }
        return page(parameters, from, to, forward, request);
    }

    ObjectNode scan(Request request) {
        String name = request.tableName();
        request.oneOf("ReturnConsumedCapacity", CAPACITY.toArray(String[]::new))
                .oneOf("Select", "SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")
                .atLeast("Limit", 1)
                .atLeast("TotalSegments", 1)
                .atMost("TotalSegments", MAX_SEGMENTS)
                .atLeast("Segment", 0)
                .check();
        var expressions = new Expressions(
                request,
                List.of("ProjectionExpression", "FilterExpression"),
                List.of("AttributesToGet", "ScanFilter", "ConditionalOperator"));
        var start = startKey(request);
        Integer segment = request.integer("Segment");
        Integer segments = request.integer("TotalSegments");
        checkSegments(segment, segments);
        var projection = expressions.projection();
        var filter = expressions.condition("FilterExpression");
        expressions.requireAllUsed();
        ReadSource source = ReadSource.of(tables.get(name), request);
        var parameters = ReadParameters.of(source, request, filter, projection);
        int of = segments == null ? 1 : segments;
        Key from = Key.segment(segment == null ? 0 : segment, of);
        Key to = Key.segment(segment == null ? 1 : segment + 1, of);
        if (start.isPresent()) {
            Key at = source.keyOf(start.get());
            if (!at.isIn(from, to)) {
                throw ServiceException.validation(ReadSource.INVALID_START_KEY
                        + ": Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment."
                        + " TotalSegments: "
                        + of + " Segment: " + segment);
            }
            from = at.next();
        }
        return page(parameters, from, to, true, request);
    }

    private static ObjectNode page(ReadParameters parameters, Key from, Key to, boolean forward, Request request) {
        var items = new ArrayList<Map<String, AttributeValue>>();
        int scanned = 0;
        int matched = 0;
        long bytes = 0;
        Map<String, AttributeValue> last = null;
        boolean more = false;
        for (byte[] encoded : encoded(parameters.source(), from, to, forward)) {
            var item = ItemCodec.decode(encoded);
            var visible = parameters.visible(item);
            int size = ItemSize.of(visible);
            if (scanned == parameters.limit() || (scanned > 0 && bytes + size > MAX_PAGE_BYTES)) {
                more = true;
                break;
            }
            scanned++;
            bytes += size;
            last = item;
            if (parameters.filter().map(filter -> filter.test(visible)).orElse(true)) {
                matched++;
                items.add(
                        parameters.projection().map(parts -> parts.of(visible)).orElse(visible));
            }
        }
        ObjectNode answer = Json.object().put("Count", matched).put("ScannedCount", scanned);
        if (!parameters.select().equals("COUNT")) {
            ArrayNode array = answer.putArray("Items");
            items.forEach(item -> array.add(AttributeJson.write(item)));
        }
        // A page that the limit ends has a last key even when nothing follows, as on AWS.
        if (last != null && (more || scanned == parameters.limit())) {
            answer.set(
                    "LastEvaluatedKey", AttributeJson.write(parameters.source().startKey(last)));
        }
        var capacity = new Capacity(request.text("ReturnConsumedCapacity", "NONE"));
        capacity.read(
                parameters.source().table(),
                parameters.source().schema(),
                Capacity.readUnits(bytes, parameters.consistent()));
        capacity.report(answer);
        return answer;
    }

    private static Iterable<byte[]> encoded(ReadSource source, Key from, Key to, boolean forward) {
        SecondaryIndex index = source.index();
        if (index != null) {
            return index.range(from, to, forward).values();
        }
        var cells = source.table().range(from, to, forward).values();
        return () -> cells.stream().map(Cell::item).filter(Objects::nonNull).iterator();
    }

    private static Optional<Map<String, AttributeValue>> startKey(Request request) {
        if (!request.has(START_KEY)) {
            return Optional.empty();
        }
        return Optional.of(AttributeJson.readItem(request.json().get(START_KEY)));
    }

    private static void checkSegments(@Nullable Integer segment, @Nullable Integer segments) {
        if (segment != null && segments == null) {
            throw ServiceException.validation(
                    "The TotalSegments parameter is required but was not present in the request "
                            + "when Segment parameter is present");
        }
        if (segments != null && segment == null) {
            throw ServiceException.validation(
                    "The Segment parameter is required but was not present in the request when "
                            + "parameter TotalSegments is present");
        }
        if (segments != null && segment != null && segment >= segments) {
            throw ServiceException.validation("The Segment parameter is zero-based and must be less than parameter "
                    + "TotalSegments: Segment: " + segment + " is not less than TotalSegments: " + segments);
        }
    }

    private static void refuseKeys(Condition filter, KeySchema key) {
        filter.paths().map(Path::attribute).filter(key::contains).findFirst().ifPresent(name -> {
            throw ServiceException.validation("Filter Expression can only contain non-primary key attributes: "
                    + "Primary key attribute: " + name);
        });
    }
}
