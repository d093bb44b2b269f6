package io.renderfleet.localaws.dynamodb;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** An expression in parts, of which names and values become placeholders once the whole request is known. */
record Expression(List<Part> parts) {

    sealed interface Part {
        record Text(String text) implements Part {}

        record Name(String name) implements Part {}

        record Value(AttributeValue value) implements Part {}
    }

    /** Strings are taken as they are, values become placeholders, expressions are joined. */
    static Expression of(Object... parts) {
        return new Expression(Arrays.stream(parts)
                .flatMap(part -> switch (part) {
                    case Expression expression -> expression.parts().stream();
                    case AttributeValue value -> Stream.of(new Part.Value(value));
                    default -> Stream.of(new Part.Text(part.toString()));
                })
                .toList());
    }

    static Expression named(String name) {
        return new Expression(List.of(new Part.Name(name)));
    }

    static Expression join(String separator, List<Expression> expressions) {
        return of(expressions.stream()
                .flatMap(expression -> Stream.of(separator, expression))
                .skip(1)
                .toArray());
    }

    /** The names and values of one request. */
    static final class Placeholders {
        private final Map<String, String> names = new HashMap<>();
        private final Map<String, AttributeValue> values = new HashMap<>();

        @Nullable
        String text(@Nullable Expression expression) {
            return expression == null
                    ? null
                    : expression.parts().stream().map(this::text).collect(Collectors.joining());
        }

        /** Null when there are none: the service refuses an empty map. */
        @Nullable
        Map<String, String> names() {
            return names.isEmpty() ? null : names;
        }

        /** Null when there are none: the service refuses an empty map. */
        @Nullable
        Map<String, AttributeValue> values() {
            return values.isEmpty() ? null : values;
        }

        private String text(Part part) {
            return switch (part) {
                case Part.Text(String text) -> text;
                case Part.Name(String name) -> placeholder("#n", names, name);
                case Part.Value(AttributeValue value) -> placeholder(":v", values, value);
            };
        }

        private static <T> String placeholder(String prefix, Map<String, T> defined, T what) {
            String placeholder = prefix + defined.size();
            defined.put(placeholder, what);
            return placeholder;
        }
    }
}
