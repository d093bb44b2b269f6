package io.renderfleet.api.body;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a record of nullable components from JSON and names everything that does not fit, not only the first such
 * thing: unknown fields and wrong types, each with its path. Nothing is converted: "1" is no number and 1.0 no whole
 * one. A field that is null, absent or wrong is null in the record.
 *
 * <p>Components may be {@code String}, {@code Double}, {@code Integer}, lists of {@code String} and other such records.
 */
public final class RecordBinder {
    /** Longer names and values are cut where a message quotes them. */
    private static final int MAX_QUOTE = 60;

    private RecordBinder() {}

    /** Binds a whole body; null when it is not an object at all. */
    public static <R extends Record> @Nullable R bind(JsonNode body, Class<R> type, Violations violations) {
        if (!body.isObject()) {
            wrong("body", "an object", body, violations);
            return null;
        }
        return bind(body, type, "", violations);
    }

    private static <R extends Record> @Nullable R bind(
            JsonNode node, Class<R> type, String path, Violations violations) {
        if (!node.isObject()) {
            wrong(path, "an object", node, violations);
            return null;
        }
        RecordComponent[] components = type.getRecordComponents();
        Set<String> known = new TreeSet<>();
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            known.add(name);
            JsonNode value = node.get(name);
            if (value != null && !value.isNull()) {
                values[i] = value(value, components[i].getGenericType(), join(path, name), violations);
            }
        }
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                violations.add(join(path, quoted(name)), "is unknown; known are " + String.join(", ", known));
            }
        });
        return construct(type, components, values);
    }

    private static @Nullable Object value(JsonNode node, Type type, String path, Violations violations) {
        if (type == String.class) {
            return text(node, path, violations);
        }
        if (type == Integer.class) {
            return integer(node, path, violations);
        }
        if (type == Double.class) {
            return number(node, path, violations);
        }
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return texts(node, path, violations);
        }
        if (type instanceof Class<?> nested && nested.isRecord()) {
            return bind(node, nested.asSubclass(Record.class), path, violations);
        }
        throw new IllegalArgumentException("a request cannot have a component of type " + type);
    }

    private static @Nullable String text(JsonNode node, String path, Violations violations) {
        if (!node.isTextual()) {
            wrong(path, "a string", node, violations);
            return null;
        }
        return node.textValue();
    }

    private static @Nullable Integer integer(JsonNode node, String path, Violations violations) {
        if (!node.isIntegralNumber()) {
            wrong(path, "a whole number", node, violations);
            return null;
        }
        if (!node.canConvertToInt()) {
            violations.add(path, "is out of range");
            return null;
        }
        return node.intValue();
    }

    private static @Nullable Double number(JsonNode node, String path, Violations violations) {
        if (!node.isNumber()) {
            wrong(path, "a number", node, violations);
            return null;
        }
        double value = node.doubleValue();
        if (!Double.isFinite(value)) {
            violations.add(path, "must be finite");
            return null;
        }
        return value;
    }

    private static @Nullable List<String> texts(JsonNode node, String path, Violations violations) {
        if (!node.isArray()) {
            wrong(path, "an array of strings", node, violations);
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            String text = text(node.get(i), path + "[" + i + "]", violations);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    private static void wrong(String path, String wanted, JsonNode node, Violations violations) {
        violations.add(path, "must be " + wanted + ", not " + kind(node));
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "a string";
            case NUMBER -> node.isIntegralNumber() ? "a number" : "a number with a fraction or an exponent";
            case BOOLEAN -> "a boolean";
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            default -> "null";
        };
    }

    private static <R extends Record> R construct(
            Class<R> type, RecordComponent[] components, @Nullable Object[] values) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<R> canonical = type.getDeclaredConstructor(types);
            // A feature keeps its records to itself.
            canonical.setAccessible(true);
            return canonical.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " is not a record of nullable components", e);
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String quoted(String name) {
        String printable = name.codePoints()
                .limit(MAX_QUOTE)
                .mapToObj(c -> Character.isISOControl(c) ? "?" : Character.toString(c))
                .collect(Collectors.joining());
        return printable.length() < name.length() ? printable + "…" : printable;
    }
}
