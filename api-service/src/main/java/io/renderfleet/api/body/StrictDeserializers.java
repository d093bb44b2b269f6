package io.renderfleet.api.body;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.JsonNodeDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Deserializers that do not convert scalars. Jackson's own deserializers fail at the first invalid scalar, which a
 * problem handler cannot prevent; these add a violation and continue.
 */
final class StrictDeserializers {
    private StrictDeserializers() {}

    static SimpleModule module() {
        return new SimpleModule("strict-values")
                .addDeserializer(JsonNode.class, new Tree())
                .addDeserializer(String.class, new Scalar<>(String.class, "a string", StrictDeserializers::string))
                .addDeserializer(Boolean.class, new Scalar<>(Boolean.class, "a boolean", StrictDeserializers::bool))
                .addDeserializer(Double.class, new Scalar<>(Double.class, "a number", StrictDeserializers::number))
                .addDeserializer(
                        BigDecimal.class, new Scalar<>(BigDecimal.class, "a number", StrictDeserializers::decimal))
                .addDeserializer(
                        Integer.class,
                        new Scalar<>(
                                Integer.class,
                                "a whole number",
                                parser -> whole(parser, Integer.MIN_VALUE, Integer.MAX_VALUE, Long::intValue)))
                .addDeserializer(
                        Long.class,
                        new Scalar<>(
                                Long.class,
                                "a whole number",
                                parser -> whole(parser, Long.MIN_VALUE, Long.MAX_VALUE, value -> value)))
                .addDeserializer(
                        Duration.class,
                        new Scalar<>(
                                Duration.class,
                                "a string with an ISO-8601 duration such as PT30M",
                                StrictDeserializers::duration));
    }

    /** A value of the expected kind that is not valid. The message completes a sentence that begins with the field. */
    private static final class UnusableValueException extends RuntimeException {
        UnusableValueException(String message) {
            super(message);
        }
    }

    /** Reads the current value; null when it is of another kind. */
    private interface Reader<T> {
        @Nullable
        T read(JsonParser parser) throws IOException;
    }

    private static final class Scalar<T> extends StdDeserializer<T> {
        private final String kind;
        private final transient Reader<T> reader;

        Scalar(Class<T> type, String kind, Reader<T> reader) {
            super(type);
            this.kind = kind;
            this.reader = reader;
        }

        @Override
        @SuppressWarnings("NullAway") // Jackson accepts null as no value.
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            try {
                T value = reader.read(parser);
                if (value == null) {
                    JsonViolations.skip(context, parser, JsonViolations.expected(kind, parser));
                }
                return value;
            } catch (UnusableValueException e) {
                JsonViolations.skip(context, parser, String.valueOf(e.getMessage()));
                return null;
            }
        }
    }

    /**
     * The whole body. Adds a violation for each field that is given twice, because parsers disagree on which one
     * counts.
     */
    private static final class Tree extends JsonNodeDeserializer {
        @Override
        protected void _handleDuplicateField(
                JsonParser parser,
                DeserializationContext context,
                JsonNodeFactory factory,
                String name,
                ObjectNode object,
                JsonNode before,
                JsonNode now) {
            JsonViolations.add(context, JsonViolations.path(parser.getParsingContext()), "is given twice");
        }
    }

    private static @Nullable String string(JsonParser parser) throws IOException {
        return parser.hasToken(JsonToken.VALUE_STRING) ? parser.getText() : null;
    }

    private static @Nullable Boolean bool(JsonParser parser) throws IOException {
        return parser.currentToken().isBoolean() ? parser.getBooleanValue() : null;
    }

    private static @Nullable BigDecimal decimal(JsonParser parser) throws IOException {
        return parser.currentToken().isNumeric() ? parser.getDecimalValue() : null;
    }

    private static @Nullable Double number(JsonParser parser) throws IOException {
        BigDecimal value = decimal(parser);
        if (value == null) {
            return null;
        }
        double number = value.doubleValue();
        if (!Double.isFinite(number)) {
            throw new UnusableValueException("must be finite");
        }
        return number;
    }

    private static <T> @Nullable T whole(JsonParser parser, long least, long most, Function<Long, T> narrowed)
            throws IOException {
        BigDecimal value = decimal(parser);
        if (value == null) {
            return null;
        }
        // Compared before the number is expanded, because a short text such as 1e999999999 is a very long number.
        if (value.compareTo(BigDecimal.valueOf(least)) < 0 || value.compareTo(BigDecimal.valueOf(most)) > 0) {
            throw new UnusableValueException("is out of range");
        }
        try {
            return narrowed.apply(value.longValueExact());
        } catch (ArithmeticException e) {
            throw new UnusableValueException("must be a whole number");
        }
    }

    private static @Nullable Duration duration(JsonParser parser) throws IOException {
        String text = string(parser);
        try {
            return text == null ? null : Duration.parse(text);
        } catch (DateTimeException e) {
            throw new UnusableValueException("must be an ISO-8601 duration such as PT30M");
        }
    }
}
