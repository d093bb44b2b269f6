package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.KeySchema.Attribute;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The items that a query reads: those of one partition, with sort keys in a range.
 *
 * @param partition the beginning of all keys of the partition
 * @param from the first key
 * @param to the key after the last; empty for none
 */
record KeyCondition(Key partition, Key from, Key to) {

    /** A condition on one attribute, with the attribute on its left side. */
    private record Part(
            String operator, AttributeValue value, @Nullable AttributeValue high) {}

    static KeyCondition of(Condition condition, KeySchema key) {
        var parts = new LinkedHashMap<String, Part>();
        collect(condition, parts);
        Part hash = parts.remove(key.hash().name());
        if (hash == null) {
            throw missed(key.hash());
        }
        if (key.range().isEmpty() && !parts.isEmpty()) {
            throw ServiceException.validation("Query key condition not supported");
        }
        checkType(hash, key.hash());
        if (!hash.operator().equals("=")) {
            throw ServiceException.validation("Query key condition not supported");
        }
        requireValue(hash.value(), key.hash());
        Key partition = Key.partition(hash.value());
        if (parts.isEmpty()) {
            return new KeyCondition(partition, partition, partition.afterAll());
        }
        Attribute sort = key.range().orElseThrow();
        Part range = parts.remove(sort.name());
        if (range == null || !parts.isEmpty()) {
            throw missed(sort);
        }
        checkType(range, sort);
        return range(partition, range);
    }

    private static KeyCondition range(Key partition, Part part) {
        Key end = partition.afterAll();
        if (part.operator().equals("begins_with")) {
            Key beginning = partition.withBeginning(part.value());
            return new KeyCondition(partition, beginning, beginning.afterAll());
        }
        Key at = partition.with(part.value());
        return switch (part.operator()) {
            case "=" -> new KeyCondition(partition, at, at.afterAll());
            case "<" -> new KeyCondition(partition, partition, at);
            case "<=" -> new KeyCondition(partition, partition, at.afterAll());
            case ">" -> new KeyCondition(partition, at.afterAll(), end);
            case ">=" -> new KeyCondition(partition, at, end);
            default -> {
                AttributeValue high = part.high() == null ? part.value() : part.high();
                Key last = partition.with(high);
                yield new KeyCondition(partition, at, last.afterAll());
            }
        };
    }

    private static void collect(Condition condition, Map<String, Part> parts) {
        switch (condition) {
            case Condition.And(Condition left, Condition right) -> {
                collect(left, parts);
                collect(right, parts);
            }
            case Condition.Comparison(Operand left, String operator, Operand right) -> {
                if (operator.equals("<>")) {
                    throw invalid("Invalid operator used in KeyConditionExpression: <>");
                }
                if (left instanceof Operand.Constant(AttributeValue value)) {
                    add(right, new Part(mirrored(operator), value, null), parts);
                } else {
                    add(left, new Part(operator, constant(right), null), parts);
                }
            }
            case Condition.Between(Operand operand, Operand low, Operand high) -> {
                if (!(operand instanceof Operand.At)) {
                    throw notFirst("BETWEEN");
                }
                add(operand, new Part("BETWEEN", constant(low), constant(high)), parts);
            }
            case Condition.BeginsWith(Operand operand, Operand beginning) -> {
                if (!(operand instanceof Operand.At)) {
                    throw notFirst("begins_with");
                }
                add(operand, new Part("begins_with", constant(beginning), null), parts);
            }
            case Condition.Or ignored -> throw invalid("Invalid operator used in KeyConditionExpression: OR");
            case Condition.Not(Condition.Exists ignored) ->
                throw invalid("Invalid operator used in KeyConditionExpression: attribute_not_exists");
            case Condition.Not ignored -> throw invalid("Invalid operator used in KeyConditionExpression: NOT");
            case Condition.In ignored -> throw invalid("Invalid operator used in KeyConditionExpression: IN");
            case Condition.Exists ignored ->
                throw invalid("Invalid operator used in KeyConditionExpression: attribute_exists");
            case Condition.HasType ignored ->
                throw invalid("Invalid operator used in KeyConditionExpression: attribute_type");
            case Condition.Contains ignored ->
                throw invalid("Invalid operator used in KeyConditionExpression: contains");
        }
    }

    private static void add(Operand operand, Part part, Map<String, Part> parts) {
        switch (operand) {
            case Operand.At(Path path)
            when path.steps().isEmpty() -> {
                if (parts.put(path.attribute(), part) != null) {
                    throw invalid("KeyConditionExpressions must only contain one condition per key");
                }
            }
            case Operand.At ignored ->
                throw invalid("KeyConditionExpressions cannot have conditions on nested attributes");
            case Operand.Size ignored -> throw invalid("KeyConditionExpressions cannot contain nested operations");
            case Operand.Constant ignored ->
                throw invalid("Invalid condition in KeyConditionExpression: No key attribute specified");
        }
    }

    private static AttributeValue constant(Operand operand) {
        return switch (operand) {
            case Operand.Constant(AttributeValue value) -> value;
            case Operand.At ignored ->
                throw invalid(
                        "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
            case Operand.Size ignored -> throw invalid("KeyConditionExpressions cannot contain nested operations");
        };
    }

    private static String mirrored(String operator) {
        return switch (operator) {
            case "<" -> ">";
            case "<=" -> ">=";
            case ">" -> "<";
            case ">=" -> "<=";
            default -> operator;
        };
    }

    private static void checkType(Part part, Attribute attribute) {
        boolean matches = part.value().type().equals(attribute.type())
                && (part.high() == null || part.high().type().equals(attribute.type()));
        if (!matches) {
            throw ServiceException.invalidParameter("Condition parameter type does not match schema type");
        }
    }

    private static void requireValue(AttributeValue value, Attribute attribute) {
        if (KeySchema.isEmpty(value)) {
            throw ServiceException.validation(
                    "One or more parameter values are not valid. The AttributeValue for a key "
                            + "attribute cannot contain an empty "
                            + (value.type().equals("S") ? "string" : "binary")
                            + " value. Key: " + attribute.name());
        }
    }

    private static ServiceException missed(Attribute attribute) {
        return ServiceException.validation("Query condition missed key schema element: " + attribute.name());
    }

    private static ServiceException notFirst(String operator) {
        return invalid("Invalid condition in KeyConditionExpression: " + operator
                + " operator must have the key attribute as its first operand");
    }

    private static ServiceException invalid(String message) {
        return ServiceException.validation("Invalid KeyConditionExpression: " + message);
    }
}
