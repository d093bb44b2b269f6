package io.renderfleet.bench.calls;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The size of an item as DynamoDB bills it: names and strings by their UTF-8 bytes, a number by two digits a byte and
 * one more, a list or map by three bytes and one for each element. After "DynamoDB item sizes and formats" in the
 * developer guide; sizes of numbers are approximate there too.
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
            case UNKNOWN_TO_SDK_VERSION ->
                throw new IllegalArgumentException("an attribute of a type that did not exist yet");
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
