package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.AttributeValue.Array;
import io.renderfleet.localaws.dynamodb.AttributeValue.Binary;
import io.renderfleet.localaws.dynamodb.AttributeValue.Bool;
import io.renderfleet.localaws.dynamodb.AttributeValue.Document;
import io.renderfleet.localaws.dynamodb.AttributeValue.Null;
import io.renderfleet.localaws.dynamodb.AttributeValue.Numeric;
import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.math.BigDecimal;
import java.util.Map;

/**
 * The size of an item in bytes, as the service counts it for its limit of 400 KB and for capacity: UTF-8 names and
 * values, a byte for two digits of a number and one more, three bytes for a list or a map and one for each element.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html">DynamoDB
 *     item sizes and formats</a>
 */
final class ItemSize {
    static final int MAX_ITEM = 400 * 1024;
    private static final int CONTAINER = 3;

    private ItemSize() {}

    static int of(Map<String, AttributeValue> item) {
        int size = 0;
        for (var attribute : item.entrySet()) {
            size += utf8(attribute.getKey()) + of(attribute.getValue());
        }
        return size;
    }

    static int of(AttributeValue value) {
        return switch (value) {
            case Text text -> utf8(text.value());
            case Numeric number -> number(number.value());
            case Binary binary -> binary.value().asByteArrayUnsafe().length;
            case Bool ignored -> 1;
            case Null ignored -> 1;
            case AttributeValue.Set set ->
                set.elements().stream().mapToInt(ItemSize::of).sum();
            case Array array ->
                CONTAINER
                        + array.elements().stream()
                                .mapToInt(element -> 1 + of(element))
                                .sum();
            case Document document -> CONTAINER + document.members().size() + of(document.members());
        };
    }

    private static int number(BigDecimal number) {
        int digits = number.signum() == 0 ? 0 : number.precision();
        return (digits + 1) / 2 + 1 + (number.signum() < 0 ? 1 : 0);
    }

    /** The length in UTF-8, where a pair of surrogates makes four bytes. */
    static int utf8(String text) {
        int length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                length += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return length;
    }
}
