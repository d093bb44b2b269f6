package io.renderfleet.localaws.dynamodb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * The tables that both servers have: one sorted by numbers, one by texts, and one without a sort key, each with an
 * index by {@code g}, which items may lack, as they may {@code o}.
 */
final class TestTables {
    static final String NUMBERS = "numbers";
    static final String TEXTS = "texts";
    static final String BYTES = "bytes";
    static final List<String> NAMES = List.of(NUMBERS, TEXTS, BYTES);
    static final String INDEX = "byGroup";
    static final List<String> INDEX_KEY = List.of("g", "o");

    private TestTables() {}

    static Arbitrary<Map<String, AttributeValue>> key(String table) {
        return switch (table) {
            case NUMBERS ->
                Combinators.combine(RandomValues.HASH_TEXTS, RandomValues.SORT_NUMBERS)
                        .as((hash, sort) -> Map.of("h", hash, "r", sort));
            case TEXTS ->
                Combinators.combine(RandomValues.HASH_NUMBERS, RandomValues.SORT_TEXTS)
                        .as((hash, sort) -> Map.of("h", hash, "r", sort));
            default -> RandomValues.HASH_BYTES.map(hash -> Map.of("h", hash));
        };
    }

    static boolean indexHasSortKey(String table) {
        return !table.equals(TEXTS);
    }

    static boolean indexProjectsAll(String table) {
        return table.equals(NUMBERS);
    }

    /** Makes the tables anew, without items. */
    static void recreate(DynamoDbClient client) {
        for (String name : client.listTables().tableNames()) {
            client.deleteTable(request -> request.tableName(name));
        }
        create(client, NUMBERS, ScalarAttributeType.S, ScalarAttributeType.N, projection(ProjectionType.ALL));
        create(
                client,
                TEXTS,
                ScalarAttributeType.N,
                ScalarAttributeType.S,
                projection(ProjectionType.INCLUDE).toBuilder()
                        .nonKeyAttributes("t", "i", "m")
                        .build());
        create(client, BYTES, ScalarAttributeType.B, null, projection(ProjectionType.KEYS_ONLY));
    }

    private static void create(
            DynamoDbClient client,
            String name,
            ScalarAttributeType hash,
            @Nullable ScalarAttributeType sort,
            Projection projection) {
        var types = new HashMap<String, ScalarAttributeType>();
        types.put("h", hash);
        types.put("g", ScalarAttributeType.S);
        var key = new ArrayList<>(List.of(element("h", KeyType.HASH)));
        if (sort != null) {
            types.put("r", sort);
            key.add(element("r", KeyType.RANGE));
        }
        var indexKey = new ArrayList<>(List.of(element("g", KeyType.HASH)));
        if (indexHasSortKey(name)) {
            types.put("o", ScalarAttributeType.N);
            indexKey.add(element("o", KeyType.RANGE));
        }
        client.createTable(request -> request.tableName(name)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(key)
                .attributeDefinitions(types.entrySet().stream()
                        .map(type -> AttributeDefinition.builder()
                                .attributeName(type.getKey())
                                .attributeType(type.getValue())
                                .build())
                        .toList())
                .globalSecondaryIndexes(GlobalSecondaryIndex.builder()
                        .indexName(INDEX)
                        .keySchema(indexKey)
                        .projection(projection)
                        .build()));
    }

    private static Projection projection(ProjectionType type) {
        return Projection.builder().projectionType(type).build();
    }

    private static KeySchemaElement element(String name, KeyType type) {
        return KeySchemaElement.builder().attributeName(name).keyType(type).build();
    }
}
