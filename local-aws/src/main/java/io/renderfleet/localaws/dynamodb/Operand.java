package io.renderfleet.localaws.dynamodb;

import io.renderfleet.localaws.dynamodb.AttributeValue.Array;
import io.renderfleet.localaws.dynamodb.AttributeValue.Binary;
import io.renderfleet.localaws.dynamodb.AttributeValue.Document;
import io.renderfleet.localaws.dynamodb.AttributeValue.Numeric;
import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An operand of a condition, which has a value for an item or none. */
sealed interface Operand {
    /** The operand's value for an item; null if it has none, for example because the attribute is missing. */
    @Nullable
    AttributeValue in(Map<String, AttributeValue> item);

    /** The data type as far as it is known without an item. */
    default @Nullable String knownType() {
        return null;
    }

    record At(Path path) implements Operand {
        @Override
        public @Nullable AttributeValue in(Map<String, AttributeValue> item) {
            return path.in(item);
        }
    }

    record Constant(AttributeValue value) implements Operand {
        @Override
        public AttributeValue in(Map<String, AttributeValue> item) {
            return value;
        }

        @Override
        public String knownType() {
            return value.type();
        }
    }

    /** {@code size(path)}: characters, bytes or elements; no value for numbers, booleans and null. */
    record Size(Operand of) implements Operand {
        @Override
        public @Nullable AttributeValue in(Map<String, AttributeValue> item) {
            int size = switch (of.in(item)) {
                case Text text -> text.value().codePointCount(0, text.value().length());
                case Binary binary -> binary.value().asByteArrayUnsafe().length;
                case AttributeValue.Set set -> set.elements().size();
                case Array array -> array.elements().size();
                case Document document -> document.members().size();
                case null, default -> -1;
            };
            return size < 0 ? null : new Numeric(Numbers.checked(BigDecimal.valueOf(size)));
        }

        @Override
        public String knownType() {
            return "N";
        }
    }
}
