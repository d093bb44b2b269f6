package io.renderfleet.bench.calls;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Computes the size of an item that DynamoDB bills: the UTF-8 bytes of names and strings, one byte for two digits of a
 * number and one more, and three bytes for a list or map and one for each of its elements. Source: "DynamoDB item sizes
 * and formats" in the DynamoDB Developer Guide, where the sizes of numbers are approximate too.
 */
final class ItemSize {
    private static final int NESTING = 3;

    private ItemSize() {}

    static long of(Map<String, AttributeValue> item) {
        return item.entrySet().stream()
                .mapToLong(attribute -> bytes(attribute.getKey()) + of(attribute.getValue()))
                .sum();
    }

    private static long of(AttributeValue value) {
        return switch (value.type()) {
            case S -> bytes(value.s());
            case N -> number(value.n());
            case B -> value.b().asByteArrayUnsafe().length;
            case SS -> value.ss().stream().mapToLong(ItemSize::bytes).sum();
            case NS -> value.ns().stream().mapToLong(ItemSize::number).sum();
            case BS ->
                value.bs().stream()
                        .mapToLong(bytes -> bytes.asByteArrayUnsafe().length)
                        .sum();
            case L -> NESTING + elements(value.l());
            case M ->
                NESTING
                        + elements(value.m().values())
                        + value.m().keySet().stream().mapToLong(ItemSize::bytes).sum();
            case BOOL, NUL -> 1;
            case UNKNOWN_TO_SDK_VERSION -> throw new IllegalArgumentException("unknown type of attribute");
        };
    }

    private static long elements(Collection<AttributeValue> elements) {
        return elements.stream().mapToLong(element -> 1 + of(element)).sum();
    }

    private static long number(String text) {
        BigDecimal number = new BigDecimal(text).stripTrailingZeros();
        int sign = number.signum() < 0 ? 1 : 0;
        return 1L + (number.precision() + 1) / 2 + sign;
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
