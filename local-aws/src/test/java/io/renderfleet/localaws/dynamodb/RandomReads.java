package io.renderfleet.localaws.dynamodb;

import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.Select;

/** Queries and scans; the runner reads all their pages. */
final class RandomReads {
    private static final Arbitrary<Integer> LIMITS = Arbitraries.integers().between(1, 4);

    private RandomReads() {}

    static Arbitrary<DynamoDbRequest> reads() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, tableQueries()),
                Tuple.of(2, indexQueries()),
                Tuple.of(1, scans()),
                Tuple.of(1, continuedQueries()));
    }

    private static Arbitrary<DynamoDbRequest> tableQueries() {
        return Arbitraries.of(TestTables.NAMES).flatMap(table -> {
            Arbitrary<Expression> hash = hash(table).map(value -> Expression.of("h = ", value));
            return switch (table) {
                case TestTables.NUMBERS -> queries(table, false, with(hash, "r", RandomValues.SORT_NUMBERS, false));
                case TestTables.TEXTS -> queries(table, false, with(hash, "r", RandomValues.SORT_TEXTS, true));
                default -> queries(table, false, hash);
            };
        });
    }

    private static Arbitrary<DynamoDbRequest> indexQueries() {
        return Arbitraries.of(TestTables.NAMES).flatMap(table -> {
            Arbitrary<Expression> hash = RandomValues.GROUPS.map(value -> Expression.of("g = ", value));
            return queries(
                    table,
                    true,
                    TestTables.indexHasSortKey(table) ? with(hash, "o", RandomValues.SORT_NUMBERS, false) : hash);
        });
    }

    /** From a key that need not be there. */
    private static Arbitrary<DynamoDbRequest> continuedQueries() {
        return Arbitraries.of(TestTables.NUMBERS, TestTables.TEXTS)
                .flatMap(table -> Combinators.combine(
                                TestTables.key(table), LIMITS.optional(), Arbitraries.of(true, false))
                        .as((start, limit, forward) -> QueryRequest.builder()
                                .tableName(table)
                                .keyConditionExpression("h = :h")
                                .expressionAttributeValues(Map.of(":h", Objects.requireNonNull(start.get("h"))))
                                .exclusiveStartKey(start)
                                .limit(limit.orElse(null))
                                .scanIndexForward(forward)
                                .build()));
    }

    private static Arbitrary<DynamoDbRequest> scans() {
        return Combinators.combine(
                        Arbitraries.of(TestTables.NAMES),
                        Arbitraries.of(true, false),
                        LIMITS.optional(),
                        RandomExpressions.filter().optional(0.6),
                        RandomExpressions.projection().optional(0.3))
                .as((table, index, limit, filter, projection) -> {
                    var placeholders = new Expression.Placeholders();
                    return ScanRequest.builder()
                            .tableName(table)
                            .indexName(index ? TestTables.INDEX : null)
                            .limit(limit.orElse(null))
                            .filterExpression(placeholders.text(filter.orElse(null)))
                            .projectionExpression(
                                    placeholders.text(isProjected(table, index) ? projection.orElse(null) : null))
                            .expressionAttributeNames(placeholders.names())
                            .expressionAttributeValues(placeholders.values())
                            .build();
                });
    }

    private static Arbitrary<DynamoDbRequest> queries(String table, boolean index, Arbitrary<Expression> keys) {
        return Combinators.combine(
                        keys,
                        LIMITS.optional(),
                        Arbitraries.of(true, false),
                        RandomExpressions.filter().optional(0.4),
                        RandomExpressions.projection().optional(0.3),
                        Arbitraries.frequencyOf(Tuple.of(5, Arbitraries.of(false)), Tuple.of(1, Arbitraries.of(true))))
                .as((key, limit, forward, filter, projection, count) -> {
                    var placeholders = new Expression.Placeholders();
                    return QueryRequest.builder()
                            .tableName(table)
                            .indexName(index ? TestTables.INDEX : null)
                            .keyConditionExpression(placeholders.text(key))
                            .limit(limit.orElse(null))
                            .scanIndexForward(forward)
                            .filterExpression(placeholders.text(filter.orElse(null)))
                            .projectionExpression(placeholders.text(
                                    count || !isProjected(table, index) ? null : projection.orElse(null)))
                            .select(count ? Select.COUNT : null)
                            .expressionAttributeNames(placeholders.names())
                            .expressionAttributeValues(placeholders.values())
                            .build();
                });
    }

    /** Moto leaves out what an index does not project; the service refuses to be asked for it. */
    private static boolean isProjected(String table, boolean index) {
        return !index || TestTables.indexProjectsAll(table);
    }

    private static Arbitrary<AttributeValue> hash(String table) {
        return switch (table) {
            case TestTables.NUMBERS -> RandomValues.HASH_TEXTS;
            case TestTables.TEXTS -> RandomValues.HASH_NUMBERS;
            default -> RandomValues.HASH_BYTES;
        };
    }

    private static Arbitrary<Expression> with(
            Arbitrary<Expression> hash, String name, Arbitrary<AttributeValue> values, boolean text) {
        Arbitrary<Expression> path = RandomExpressions.path(name);
        Arbitrary<Expression> comparison = Combinators.combine(path, Arbitraries.of("=", "<", "<=", ">", ">="), values)
                .as((sort, operator, value) -> Expression.of(sort, " ", operator, " ", value));
        Arbitrary<Expression> between = Combinators.combine(path, values, values)
                .as((sort, one, other) -> {
                    boolean inOrder = Answers.ORDER.compare(one, other) <= 0;
                    return Expression.of(sort, " BETWEEN ", inOrder ? one : other, " AND ", inOrder ? other : one);
                });
        Arbitrary<Expression> begins = Combinators.combine(path, values)
                .as((sort, value) -> Expression.of("begins_with(", sort, ", ", value, ")"));
        Arbitrary<Expression> sort = text
                ? Arbitraries.oneOf(comparison, between, begins)
                : Arbitraries.frequencyOf(Tuple.of(2, comparison), Tuple.of(1, between));
        return Arbitraries.oneOf(
                hash,
                Combinators.combine(hash, sort).as((one, other) -> Expression.of(one, " AND ", other)),
                Combinators.combine(hash, sort).as((one, other) -> Expression.of(one, " AND ", other)),
                Combinators.combine(hash, comparison).as((one, other) -> Expression.of(other, " AND ", one)));
    }
}
