package io.renderfleet.localaws.dynamodb;

import static io.renderfleet.localaws.dynamodb.RandomExpressions.condition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItem;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Requests that read and write single items, in batches and in transactions. */
final class RandomRequests {
    private static final Arbitrary<ReturnValuesOnConditionCheckFailure> ON_FAILURE =
            Arbitraries.of(ReturnValuesOnConditionCheckFailure.ALL_OLD, ReturnValuesOnConditionCheckFailure.NONE);
    private static final Arbitrary<ReturnValue> OLD_OR_NONE = Arbitraries.of(ReturnValue.ALL_OLD, ReturnValue.NONE);

    private RandomRequests() {}

    /** An item's key and the table that it is in. */
    private record Place(String table, Map<String, AttributeValue> key) {
        /** The same for two keys that are equal. */
        Place normal() {
            return new Place(table, Answers.normal(key));
        }
    }

    static Arbitrary<List<DynamoDbRequest>> sequences() {
        return Arbitraries.frequencyOf(
                        Tuple.of(5, puts()),
                        Tuple.of(6, updates()),
                        Tuple.of(2, deletes()),
                        Tuple.of(2, gets()),
                        Tuple.of(1, batchWrites()),
                        Tuple.of(1, batchGets()),
                        Tuple.of(3, transactWrites()),
                        Tuple.of(1, transactGets()),
                        Tuple.of(6, RandomReads.reads()),
                        Tuple.of(1, WrongRequests.requests()))
                .list()
                .ofMinSize(1)
                .ofMaxSize(80)
                .withSizeDistribution(RandomDistribution.uniform());
    }

    private static Arbitrary<Place> places() {
        return Arbitraries.of(TestTables.NAMES)
                .flatMap(table -> TestTables.key(table).map(key -> new Place(table, key)));
    }

    private static Arbitrary<Map<String, AttributeValue>> items(Place place) {
        return Arbitraries.of(RandomValues.ATTRIBUTES.keySet())
                .set()
                .ofMaxSize(8)
                .flatMap(names -> Combinators.combine(names.stream()
                                .map(name -> Objects.requireNonNull(RandomValues.ATTRIBUTES.get(name))
                                        .map(value -> Map.entry(name, value)))
                                .toList())
                        .as(entries -> {
                            var item = new HashMap<>(place.key());
                            entries.forEach(entry -> item.put(entry.getKey(), entry.getValue()));
                            return item;
                        }));
    }

    private static Arbitrary<DynamoDbRequest> puts() {
        return places().flatMap(place -> Combinators.combine(
                        items(place), condition().optional(0.5), OLD_OR_NONE, ON_FAILURE)
                .as((item, condition, returned, onFailure) -> {
                    var placeholders = new Expression.Placeholders();
                    return PutItemRequest.builder()
                            .tableName(place.table())
                            .item(item)
                            .conditionExpression(placeholders.text(condition.orElse(null)))
                            .expressionAttributeNames(placeholders.names())
                            .expressionAttributeValues(placeholders.values())
                            .returnValues(returned)
                            .returnValuesOnConditionCheckFailure(onFailure)
                            .build();
                }));
    }

    private static Arbitrary<DynamoDbRequest> updates() {
        return places().flatMap(place -> Combinators.combine(
                        RandomUpdates.update(),
                        condition().optional(0.3),
                        Arbitraries.of(
                                ReturnValue.NONE,
                                ReturnValue.ALL_OLD,
                                ReturnValue.ALL_NEW,
                                ReturnValue.UPDATED_OLD,
                                ReturnValue.UPDATED_NEW),
                        ON_FAILURE)
                .as((update, condition, returned, onFailure) -> {
                    var placeholders = new Expression.Placeholders();
                    String expression = Objects.requireNonNull(placeholders.text(update.expression()));
                    boolean nested = expression.contains(".") || expression.contains("[");
                    return UpdateItemRequest.builder()
                            .tableName(place.table())
                            .key(place.key())
                            .updateExpression(expression)
                            .conditionExpression(
                                    placeholders.text(guarded(update, condition.filter(any -> update.conditional()))))
                            .expressionAttributeNames(placeholders.names())
                            .expressionAttributeValues(placeholders.values())
                            .returnValues(nested ? ReturnValue.ALL_NEW : returned)
                            .returnValuesOnConditionCheckFailure(onFailure)
                            .build();
                }));
    }

    private static @Nullable Expression guarded(RandomUpdates.Update update, Optional<Expression> condition) {
        return update.guard()
                .map(guard -> condition
                        .map(other -> Expression.of(guard, " AND (attribute_exists(h) AND ", other, ")"))
                        .orElse(guard))
                .or(() -> condition)
                .orElse(null);
    }

    private static Arbitrary<DynamoDbRequest> deletes() {
        return places().flatMap(place -> Combinators.combine(condition().optional(0.5), OLD_OR_NONE, ON_FAILURE)
                .as((condition, returned, onFailure) -> {
                    var placeholders = new Expression.Placeholders();
                    return DeleteItemRequest.builder()
                            .tableName(place.table())
                            .key(place.key())
                            .conditionExpression(placeholders.text(condition.orElse(null)))
                            .expressionAttributeNames(placeholders.names())
                            .expressionAttributeValues(placeholders.values())
                            .returnValues(returned)
                            .returnValuesOnConditionCheckFailure(onFailure)
                            .build();
                }));
    }

    private static Arbitrary<DynamoDbRequest> gets() {
        return Combinators.combine(places(), RandomExpressions.projection().optional(0.5))
                .as((place, projection) -> {
                    var placeholders = new Expression.Placeholders();
                    return GetItemRequest.builder()
                            .tableName(place.table())
                            .key(place.key())
                            .projectionExpression(placeholders.text(projection.orElse(null)))
                            .expressionAttributeNames(placeholders.names())
                            .build();
                });
    }

    private static Arbitrary<DynamoDbRequest> batchWrites() {
        return distinctPlaces(5)
                .flatMap(places -> Combinators.combine(places.stream()
                                .map(place -> Arbitraries.oneOf(
                                        items(place)
                                                .map(item -> WriteRequest.builder()
                                                        .putRequest(put -> put.item(item))
                                                        .build()),
                                        Arbitraries.just(WriteRequest.builder()
                                                .deleteRequest(delete -> delete.key(place.key()))
                                                .build())))
                                .toList())
                        .as(writes -> {
                            var byTable = new HashMap<String, List<WriteRequest>>();
                            for (int i = 0; i < writes.size(); i++) {
                                byTable.computeIfAbsent(places.get(i).table(), table -> new ArrayList<>())
                                        .add(writes.get(i));
                            }
                            return BatchWriteItemRequest.builder()
                                    .requestItems(byTable)
                                    .build();
                        }));
    }

    private static Arbitrary<DynamoDbRequest> batchGets() {
        return Combinators.combine(
                        distinctPlaces(6), RandomExpressions.projection().optional(0.5))
                .as((places, projection) -> {
                    var placeholders = new Expression.Placeholders();
                    String projected = placeholders.text(projection.orElse(null));
                    var byTable = places.stream()
                            .collect(Collectors.groupingBy(
                                    Place::table, Collectors.mapping(Place::key, Collectors.toList())));
                    return BatchGetItemRequest.builder()
                            .requestItems(byTable.entrySet().stream()
                                    .collect(Collectors.toMap(
                                            Map.Entry::getKey,
                                            entry -> KeysAndAttributes.builder()
                                                    .keys(entry.getValue())
                                                    .projectionExpression(projected)
                                                    .expressionAttributeNames(placeholders.names())
                                                    .build())))
                            .build();
                });
    }

    private static Arbitrary<DynamoDbRequest> transactWrites() {
        return Arbitraries.frequencyOf(
                        Tuple.of(9, distinctPlaces(4)), Tuple.of(1, places().map(place -> List.of(place, place))))
                .flatMap(places -> Combinators.combine(places.stream()
                                .map(RandomRequests::transactWrite)
                                .toList())
                        .as(writes -> TransactWriteItemsRequest.builder()
                                .transactItems(writes)
                                .build()));
    }

    private static Arbitrary<TransactWriteItem> transactWrite(Place place) {
        return Combinators.combine(
                        Arbitraries.of("put", "update", "delete", "check"),
                        items(place),
                        RandomUpdates.safeUpdate(),
                        condition(),
                        Arbitraries.of(true, false),
                        ON_FAILURE)
                .as((kind, item, update, chosen, conditional, onFailure) -> {
                    var placeholders = new Expression.Placeholders();
                    String updated = kind.equals("update") ? placeholders.text(update.expression()) : null;
                    String condition = placeholders.text(conditional || kind.equals("check") ? chosen : null);
                    var names = placeholders.names();
                    var values = placeholders.values();
                    return switch (kind) {
                        case "put" ->
                            TransactWriteItem.builder()
                                    .put(put -> put.tableName(place.table())
                                            .item(item)
                                            .conditionExpression(condition)
                                            .expressionAttributeNames(names)
                                            .expressionAttributeValues(values)
                                            .returnValuesOnConditionCheckFailure(onFailure))
                                    .build();
                        case "update" ->
                            TransactWriteItem.builder()
                                    .update(put -> put.tableName(place.table())
                                            .key(place.key())
                                            .updateExpression(updated)
                                            .conditionExpression(condition)
                                            .expressionAttributeNames(names)
                                            .expressionAttributeValues(values)
                                            .returnValuesOnConditionCheckFailure(onFailure))
                                    .build();
                        case "delete" ->
                            TransactWriteItem.builder()
                                    .delete(put -> put.tableName(place.table())
                                            .key(place.key())
                                            .conditionExpression(condition)
                                            .expressionAttributeNames(names)
                                            .expressionAttributeValues(values)
                                            .returnValuesOnConditionCheckFailure(onFailure))
                                    .build();
                        default ->
                            TransactWriteItem.builder()
                                    .conditionCheck(put -> put.tableName(place.table())
                                            .key(place.key())
                                            .conditionExpression(condition)
                                            .expressionAttributeNames(names)
                                            .expressionAttributeValues(values)
                                            .returnValuesOnConditionCheckFailure(onFailure))
                                    .build();
                    };
                });
    }

    private static Arbitrary<DynamoDbRequest> transactGets() {
        return distinctPlaces(4)
                .map(places -> TransactGetItemsRequest.builder()
                        .transactItems(places.stream()
                                .map(place -> TransactGetItem.builder()
                                        .get(get -> get.tableName(place.table()).key(place.key()))
                                        .build())
                                .toList())
                        .build());
    }

    private static Arbitrary<List<Place>> distinctPlaces(int most) {
        return places().list().ofMinSize(1).ofMaxSize(most).uniqueElements(Place::normal);
    }
}
