package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.AttributeValue.Array;
import io.renderfleet.localaws.dynamodb.AttributeValue.Binary;
import io.renderfleet.localaws.dynamodb.AttributeValue.Numeric;
import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A condition or filter expression. A comparison with an attribute that the item does not have is false, but for
 * {@code <>}; so is an ordering of two values of different types, or of a type that has no order.
 */
sealed interface Condition {
    boolean test(Map<String, AttributeValue> item);

    /** All document paths that the condition looks at. */
    default Stream<Path> paths() {
        return switch (this) {
            case And(Condition left, Condition right) -> Stream.concat(left.paths(), right.paths());
            case Or(Condition left, Condition right) -> Stream.concat(left.paths(), right.paths());
            case Not(Condition condition) -> condition.paths();
            case Exists(Path path) -> Stream.of(path);
            case Comparison(Operand left, var operator, Operand right) -> paths(left, right);
            case Between(Operand operand, Operand low, Operand high) -> paths(operand, low, high);
            case In(Operand operand, List<Operand> among) ->
                Stream.concat(paths(operand), paths(among.toArray(Operand[]::new)));
            case HasType(Operand operand, Operand type) -> paths(operand, type);
            case BeginsWith(Operand operand, Operand beginning) -> paths(operand, beginning);
            case Contains(Operand operand, Operand part) -> paths(operand, part);
        };
    }

    private static Stream<Path> paths(Operand... operands) {
        return Stream.of(operands).flatMap(operand -> switch (operand) {
            case Operand.At(Path path) -> Stream.of(path);
            case Operand.Size(Operand of) -> paths(of);
            case Operand.Constant ignored -> Stream.empty();
        });
    }

    record And(Condition left, Condition right) implements Condition {
        @Override
        public boolean test(Map<String, AttributeValue> item) {
            return left.test(item) && right.test(item);
        }
    }

    record Or(Condition left, Condition right) implements Condition {
        @Override
        public boolean test(Map<String, AttributeValue> item) {
            return left.test(item) || right.test(item);
        }
    }

    record Not(Condition condition) implements Condition {
        @Override
        public boolean test(Map<String, AttributeValue> item) {
            return !condition.test(item);
        }
    }

    /** {@code =}, {@code <>}, {@code <}, {@code <=}, {@code >} or {@code >=}. */
    record Comparison(Operand left, String operator, Operand right) implements Condition {
        @Override
        public boolean test(Map<String, AttributeValue> item) {
            AttributeValue a = left.in(item);
            AttributeValue b = right.in(item);
            return switch (operator) {
                case "=" -> a != null && a.equals(b);
                case "<>" -> a == null || !a.equals(b);
                case "<" -> ordered(a, b) && AttributeValue.ORDER.compare(a, b) < 0;
                case "<=" -> ordered(a, b) && AttributeValue.ORDER.compare(a, b) <= 0;
                case ">" -> ordered(a, b) && AttributeValue.ORDER.compare(a, b) > 0;
                case ">=" -> ordered(a, b) && AttributeValue.ORDER.compare(a, b) >= 0;
                default -> throw new IllegalStateException("There is no operator " + operator + ".");
            };
        }
    }

    record Between(Operand operand, Operand low, Operand high) implements Condition {
        @Override
        public boolean test(Map<String, AttributeValue> item) {
            return new Comparison(operand, ">=", low).test(item) && new Comparison(operand, "<=", high).test(item);
        }
    }

    record In(Operand operand, List<Operand> among) implements Condition {
        @Override
        public boolean test(Map<String, AttributeValue> item) {
            AttributeValue value = operand.in(item);
            return value != null && among.stream().anyMatch(other -> value.equals(other.in(item)));
        }
    }

    record Exists(Path path) implements Condition {
        @Override
        public boolean test(Map<String, AttributeValue> item) {
            return path.in(item) != null;
        }
    }

    record HasType(Operand operand, Operand type) implements Condition {
        @Override
        public boolean test(Map<String, AttributeValue> item) {
            AttributeValue value = operand.in(item);
            return value != null && type.in(item) instanceof Text(String name) && name.equals(value.type());
        }
    }

    record BeginsWith(Operand operand, Operand beginning) implements Condition {
        @Override
        public boolean test(Map<String, AttributeValue> item) {
            AttributeValue value = operand.in(item);
            AttributeValue start = beginning.in(item);
            if (value instanceof Text(String text) && start instanceof Text(String prefix)) {
                return text.startsWith(prefix);
            }
            return value instanceof Binary
                    && start instanceof Binary
                    && startsAt(value.sortBytes(), start.sortBytes(), 0);
        }
    }

    /** A substring of a string or of a binary, or an element of a set or of a list. */
    record Contains(Operand operand, Operand part) implements Condition {
        @Override
        public boolean test(Map<String, AttributeValue> item) {
            AttributeValue sought = part.in(item);
            if (sought == null) {
                return false;
            }
            return switch (operand.in(item)) {
                case Text(String text) -> sought instanceof Text(String within) && text.contains(within);
                case Binary binary -> sought instanceof Binary && contains(binary.sortBytes(), sought.sortBytes());
                case AttributeValue.Set set -> set.elements().contains(sought);
                case Array array -> array.elements().contains(sought);
                case null, default -> false;
            };
        }
    }

    private static boolean ordered(@Nullable AttributeValue left, @Nullable AttributeValue right) {
        return left != null
                && right != null
                && left.type().equals(right.type())
                && (left instanceof Text || left instanceof Numeric || left instanceof Binary);
    }

    private static boolean contains(byte[] bytes, byte[] part) {
        for (int at = 0; at + part.length <= bytes.length; at++) {
            if (startsAt(bytes, part, at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsAt(byte[] bytes, byte[] part, int at) {
        return at + part.length <= bytes.length && Arrays.equals(bytes, at, at + part.length, part, 0, part.length);
    }
}
