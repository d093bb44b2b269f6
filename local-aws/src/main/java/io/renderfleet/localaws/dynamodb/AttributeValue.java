package io.renderfleet.localaws.dynamodb;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;

/**
 * A value of an attribute, immutable. Equal values are equal objects: numbers are normalised ({@link Numbers}) and the
 * elements of a set are sorted.
 */
sealed interface AttributeValue {
    /**
     * The order of strings, numbers and binaries, each among themselves: by UTF-8 bytes, by value, by unsigned bytes.
     */
    Comparator<AttributeValue> ORDER = AttributeValue::compare;

    /** The name of its data type as on the wire: {@code S}, {@code NS}, {@code BOOL}. */
    String type();

    record Text(String value) implements AttributeValue {
        @Override
        public String type() {
            return "S";
        }

        @Override
        public String toString() {
            return value;
        }
    }

    record Numeric(BigDecimal value) implements AttributeValue {
        @Override
        public String type() {
            return "N";
        }

        @Override
        public String toString() {
            return Numbers.format(value);
        }
    }

    record Binary(SdkBytes value) implements AttributeValue {
        @Override
        public String type() {
            return "B";
        }
    }

    record Bool(boolean value) implements AttributeValue {
        @Override
        public String type() {
            return "BOOL";
        }
    }

    record Null() implements AttributeValue {
        @Override
        public String type() {
            return "NULL";
        }
    }

    /**
     * A set of strings, numbers or binaries.
     *
     * @param type {@code SS}, {@code NS} or {@code BS}
     * @param elements at least one, sorted, each once
     */
    record Set(String type, List<AttributeValue> elements) implements AttributeValue {
        static Set of(String type, Collection<AttributeValue> elements) {
            return new Set(type, elements.stream().sorted(ORDER).toList());
        }
    }

    record Array(List<AttributeValue> elements) implements AttributeValue {
        @Override
        public String type() {
            return "L";
        }
    }

    record Document(Map<String, AttributeValue> members) implements AttributeValue {
        @Override
        public String type() {
            return "M";
        }
    }

    private static int compare(AttributeValue left, AttributeValue right) {
        if (left instanceof Numeric a && right instanceof Numeric b) {
            return a.value().compareTo(b.value());
        }
        return Arrays.compareUnsigned(left.sortBytes(), right.sortBytes());
    }

    /** One for the value itself, and those of the deepest value within a list or a map. */
    default int levels() {
        return switch (this) {
            case Array array -> 1 + deepest(array.elements());
            case Document document -> 1 + deepest(document.members().values());
            default -> 1;
        };
    }

    private static int deepest(java.util.Collection<AttributeValue> values) {
        return values.stream().mapToInt(AttributeValue::levels).max().orElse(0);
    }

    /** The bytes that a string or a binary is ordered by. */
    default byte[] sortBytes() {
        return switch (this) {
            case Text text -> text.value().getBytes(StandardCharsets.UTF_8);
            case Binary binary -> binary.value().asByteArrayUnsafe();
            default -> throw new IllegalStateException("Values of type " + type() + " have no order.");
        };
    }
}
