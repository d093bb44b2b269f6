package io.renderfleet.localaws.dynamodb;

import static io.renderfleet.localaws.dynamodb.RandomValues.ATTRIBUTES;
import static io.renderfleet.localaws.dynamodb.RandomValues.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Condition, filter and projection expressions over a small grammar. What it leaves out, because the other server
 * cannot do it, is in {@link DynamoDbDifferentialTests}.
 */
final class RandomExpressions {
    private static final List<String> ORDERINGS = List.of("<", "<=", ">", ">=");
    private static final List<String> COMPARATORS = List.of("=", "<>", "<", "<=", ">", ">=");
    private static final Arbitrary<String> TYPES =
            Arbitraries.of("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M");
    private static final Arbitrary<AttributeValue> SIZES =
            Arbitraries.of("0", "1", "2", "3").map(RandomValues::number);
    private static final Map<String, Arbitrary<AttributeValue>> ORDERED = Map.of(
            "t", RandomValues.TEXTS,
            "name", RandomValues.TEXTS,
            "m.y", RandomValues.TEXTS,
            "n", RandomValues.NUMBERS,
            "i", RandomValues.INTEGERS,
            "q", RandomValues.DECIMALS,
            "m.x", RandomValues.INTEGERS);
    private static final Map<String, Arbitrary<AttributeValue>> UNORDERED = Map.of(
            "b", RandomValues.BYTES,
            "f", RandomValues.BOOLEANS,
            "ss", RandomValues.TEXT_SETS,
            "ns", RandomValues.NUMBER_SETS,
            "bs", RandomValues.BYTE_SETS,
            "l", RandomValues.LISTS,
            "l[0]", RandomValues.ELEMENTS,
            "m.k[1]", RandomValues.ELEMENTS,
            "m", RandomValues.MAPS,
            "v", RandomValues.ANY);

    private RandomExpressions() {}

    /** {@code name} is a reserved word; others have a placeholder only now and then. */
    static Arbitrary<Expression> path(String path) {
        if (path.equals("name")) {
            return Arbitraries.just(Expression.named(path));
        }
        if (path.contains("[")) {
            return Arbitraries.just(Expression.of(path));
        }
        return Arbitraries.of(false, true).map(named -> {
            if (!named) {
                return Expression.of(path);
            }
            String[] names = path.split("\\.", -1);
            var parts = new ArrayList<Expression>();
            for (String name : names) {
                parts.add(Expression.named(name));
            }
            return Expression.join(".", parts);
        });
    }

    /** A condition on any attributes. */
    static Arbitrary<Expression> condition() {
        Arbitrary<Expression> key = Combinators.combine(
                        Arbitraries.of("attribute_exists(", "attribute_not_exists("), Arbitraries.of("h", "g", "o"))
                .as((function, name) -> Expression.of(function, name, ")"));
        return Arbitraries.frequencyOf(Tuple.of(4, filter()), Tuple.of(1, key));
    }

    /** A condition on attributes that are no keys, as queries have them. */
    static Arbitrary<Expression> filter() {
        return Arbitraries.oneOf(leaf(), unary(1), compound(2));
    }

    /** Attributes, and places within them, no two within one another. */
    static Arbitrary<Expression> projection() {
        return Arbitraries.of(
                        "h", "r", "t", "name", "n", "i", "b", "bs", "ns", "l[1]", "m.x", "m.y", "g", "o", "v", "f")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .uniqueElements()
                .flatMap(paths -> Combinators.combine(
                                paths.stream().map(RandomExpressions::path).toList())
                        .as(parts -> Expression.join(", ", parts)));
    }

    private static Arbitrary<Expression> compound(int depth) {
        Arbitrary<Expression> both =
                unary(depth).list().ofMinSize(2).ofMaxSize(3).map(operands -> Expression.join(" AND ", operands));
        Arbitrary<Expression> either = Arbitraries.oneOf(unary(depth), both)
                .list()
                .ofMinSize(2)
                .ofMaxSize(3)
                .map(operands -> Expression.join(" OR ", operands));
        return Arbitraries.oneOf(both, either);
    }

    private static Arbitrary<Expression> unary(int depth) {
        Arbitrary<Expression> plain = depth == 0
                ? leaf()
                : Arbitraries.frequencyOf(
                        Tuple.of(3, leaf()),
                        Tuple.of(1, compound(depth - 1).map(inner -> Expression.of("(", inner, ")"))));
        return Combinators.combine(Arbitraries.of("", "", "NOT "), plain).as(Expression::of);
    }

    private static Arbitrary<Expression> leaf() {
        return Arbitraries.oneOf(comparison(), comparison(), range(), function(), function());
    }

    private static Arbitrary<Expression> comparison() {
        Arbitrary<Expression> ordered = Arbitraries.of(ORDERED.keySet())
                .flatMap(name -> Combinators.combine(
                                path(name),
                                Arbitraries.of(COMPARATORS),
                                values(ORDERED, name),
                                Arbitraries.of(true, false))
                        .as((path, operator, value, mirrored) -> mirrored
                                ? Expression.of(value, " ", operator, " ", path)
                                : Expression.of(path, " ", operator, " ", value)));
        Arbitrary<Expression> unordered = Arbitraries.of(UNORDERED.keySet())
                .flatMap(name -> Combinators.combine(path(name), Arbitraries.of("=", "<>"), values(UNORDERED, name))
                        .as((path, operator, value) -> Expression.of(path, " ", operator, " ", value)));
        Arbitrary<Expression> twoPaths = Arbitraries.of(
                        List.of("t", "m.y"), List.of("name", "t"), List.of("n", "i"), List.of("m.x", "q"))
                .flatMap(names -> Combinators.combine(path(names.get(0)), Arbitraries.of(ORDERINGS), path(names.get(1)))
                        .as((left, operator, right) -> Expression.of(left, " ", operator, " ", right)));
        return Arbitraries.oneOf(ordered, ordered, unordered, twoPaths);
    }

    private static Arbitrary<Expression> range() {
        Arbitrary<Expression> between = Arbitraries.of("t", "m.y", "n", "q")
                .flatMap(name -> Combinators.combine(path(name), values(ORDERED, name), values(ORDERED, name))
                        .as((path, one, other) -> {
                            boolean inOrder = Answers.ORDER.compare(one, other) <= 0;
                            return Expression.of(
                                    path, " BETWEEN ", inOrder ? one : other, " AND ", inOrder ? other : one);
                        }));
        Arbitrary<Expression> in = Arbitraries.of(ORDERED.keySet())
                .flatMap(name -> Combinators.combine(
                                path(name),
                                values(ORDERED, name)
                                        .map(Expression::of)
                                        .list()
                                        .ofMinSize(1)
                                        .ofMaxSize(4))
                        .as((path, values) -> Expression.of(path, " IN (", Expression.join(", ", values), ")")));
        return Arbitraries.oneOf(between, in);
    }

    private static Arbitrary<Expression> function() {
        Arbitrary<Expression> exists = Combinators.combine(
                        Arbitraries.of("attribute_exists(", "attribute_not_exists("), anyPath())
                .as((function, path) -> Expression.of(function, path, ")"));
        Arbitrary<Expression> type = Combinators.combine(anyPath(), TYPES)
                .as((path, name) -> Expression.of("attribute_type(", path, ", ", text(name), ")"));
        Arbitrary<Expression> begins = Combinators.combine(
                        Arbitraries.of("t", "name", "m.y", "v").flatMap(RandomExpressions::path), RandomValues.TEXTS)
                .as((path, value) -> Expression.of("begins_with(", path, ", ", value, ")"));
        Arbitrary<Expression> contains = Combinators.combine(
                        Arbitraries.of("t", "ss", "ns", "l", "m.k", "m.y", "n").flatMap(RandomExpressions::path),
                        RandomValues.ELEMENTS)
                .as((path, value) -> Expression.of("contains(", path, ", ", value, ")"));
        Arbitrary<Expression> size = Combinators.combine(
                        Arbitraries.of("t", "ss", "ns", "bs", "l", "m", "m.k").flatMap(RandomExpressions::path),
                        Arbitraries.of(COMPARATORS),
                        SIZES)
                .as((path, operator, value) -> Expression.of(
                        "(attribute_exists(", path, ") AND size(", path, ") ", operator, " ", value, ")"));
        return Arbitraries.oneOf(exists, type, begins, contains, size);
    }

    private static Arbitrary<Expression> anyPath() {
        return Arbitraries.oneOf(
                Arbitraries.of(ATTRIBUTES.keySet())
                        .filter(name -> !TestTables.INDEX_KEY.contains(name))
                        .flatMap(RandomExpressions::path),
                Arbitraries.of("m.x", "m.k", "l[1]", "m.k[0]", "v.x", "v[0]").flatMap(RandomExpressions::path));
    }

    private static Arbitrary<AttributeValue> values(Map<String, Arbitrary<AttributeValue>> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name));
    }
}
