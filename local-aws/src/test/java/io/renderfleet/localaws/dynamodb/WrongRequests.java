package io.renderfleet.localaws.dynamodb;

import static io.renderfleet.localaws.dynamodb.RandomValues.number;
import static io.renderfleet.localaws.dynamodb.RandomValues.text;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Requests that the service refuses whatever the tables have. */
final class WrongRequests {
    private static final String TABLE = TestTables.NUMBERS;
    private static final Map<String, AttributeValue> KEY = Map.of("h", text("a"), "r", number("1"));

    private WrongRequests() {}

    static Arbitrary<DynamoDbRequest> requests() {
        return Arbitraries.of(
                Stream.concat(puts(), Stream.concat(reads(), batches())).toList());
    }

    private static Stream<DynamoDbRequest> puts() {
        return Stream.concat(
                Stream.of("abc", "NaN", "1 ", "1e127", "-1e127", "1e-131")
                        .map(number -> put(Map.of("h", text("a"), "r", number("1"), "n", number(number)))
                                .build()),
                Stream.of(
                        put(Map.of("h", text("a"))).build(),
                        put(Map.of("r", number("1"))).build(),
                        put(Map.of("h", number("1"), "r", number("1"))).build(),
                        put(Map.of("h", text("a"), "r", text("1"))).build(),
                        put(KEY).expressionAttributeNames(Map.of("#a", "a"))
                                .conditionExpression("attribute_exists(t)")
                                .build(),
                        put(KEY).conditionExpression("attribute_exists(name)").build(),
                        put(KEY).conditionExpression("((attribute_exists(t)))").build(),
                        put(KEY).tableName("missing").build()));
    }

    private static Stream<DynamoDbRequest> reads() {
        var hash = Map.of(":h", text("a"));
        return Stream.of(
                GetItemRequest.builder().tableName("missing").key(KEY).build(),
                GetItemRequest.builder()
                        .tableName(TABLE)
                        .key(Map.of("h", text(""), "r", number("1")))
                        .build(),
                GetItemRequest.builder()
                        .tableName(TABLE)
                        .key(KEY)
                        .projectionExpression("t, t")
                        .build(),
                GetItemRequest.builder()
                        .tableName(TABLE)
                        .key(Map.of("h", text("a"), "t", number("1")))
                        .build(),
                QueryRequest.builder()
                        .tableName(TABLE)
                        .keyConditionExpression("r = :h")
                        .expressionAttributeValues(hash)
                        .build(),
                QueryRequest.builder()
                        .tableName(TABLE)
                        .keyConditionExpression("h > :h")
                        .expressionAttributeValues(hash)
                        .build(),
                QueryRequest.builder()
                        .tableName(TABLE)
                        .indexName(TestTables.INDEX)
                        .consistentRead(true)
                        .keyConditionExpression("g = :h")
                        .expressionAttributeValues(hash)
                        .build(),
                ScanRequest.builder().tableName(TABLE).indexName("missing").build(),
                ScanRequest.builder()
                        .tableName(TABLE)
                        .indexName(TestTables.INDEX)
                        .consistentRead(true)
                        .build(),
                ScanRequest.builder().tableName(TABLE).segment(0).build(),
                ScanRequest.builder().tableName(TABLE).totalSegments(2).build(),
                ScanRequest.builder()
                        .tableName(TABLE)
                        .segment(2)
                        .totalSegments(2)
                        .build());
    }

    private static Stream<DynamoDbRequest> batches() {
        var delete = WriteRequest.builder()
                .deleteRequest(request -> request.key(KEY))
                .build();
        return Stream.of(
                BatchWriteItemRequest.builder()
                        .requestItems(Map.of(TABLE, List.of(delete, delete)))
                        .build(),
                BatchGetItemRequest.builder()
                        .requestItems(Map.of(
                                TABLE,
                                KeysAndAttributes.builder()
                                        .keys(List.of(KEY, KEY))
                                        .build()))
                        .build());
    }

    private static PutItemRequest.Builder put(Map<String, AttributeValue> item) {
        return PutItemRequest.builder().tableName(TABLE).item(item);
    }
}
