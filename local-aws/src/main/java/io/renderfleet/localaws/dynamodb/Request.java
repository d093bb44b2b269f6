package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request, or of a structure within one. A parameter of another JSON type than the service's model
 * says is a {@code SerializationException}; JSON null is as good as absent.
 */
final class Request {
    private static final int MAX_TABLE_NAME = 255;
    private static final Pattern TABLE_NAME = Pattern.compile("[a-zA-Z0-9_.-]+");
    private static final int MAX_ERRORS = 10;
    private static final int MAX_SHOWN = 1000;

    private final ObjectNode node;
    private final List<String> errors = new ArrayList<>();

    Request(ObjectNode node) {
        this.node = node;
    }

    static ServiceException notConvertible(JsonNode value, String type) {
        String found = switch (value.getNodeType()) {
            case BOOLEAN -> value.booleanValue() ? "TRUE_VALUE" : "FALSE_VALUE";
            case NUMBER -> value.isIntegralNumber() ? "NUMBER_VALUE" : "DECIMAL_VALUE";
            case STRING -> "STRING_VALUE";
            case ARRAY -> "START_ARRAY";
            case OBJECT -> "START_OBJECT";
            default -> "NULL_VALUE";
        };
        return ServiceException.serialization(found + " cannot be converted to " + type);
    }

    ObjectNode json() {
        return node;
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    @Nullable
    String text(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw notConvertible(value, "String");
        }
        return value.textValue();
    }

    String text(String name, String otherwise) {
        String text = text(name);
        return text == null ? otherwise : text;
    }

    boolean bool(String name, boolean otherwise) {
        JsonNode value = value(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw notConvertible(value, "Boolean");
        }
        return value.booleanValue();
    }

    @Nullable
    Integer integer(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw notConvertible(value, "Integer");
        }
        // A fraction is cut off, and a number beyond the range becomes its end, which every limit refuses.
        return (int) value.doubleValue();
    }

    @Nullable
    Request structure(String name) {
        JsonNode value = value(name);
        return value == null ? null : structure(value);
    }

    /** The structures of a list; empty when there is none. */
    List<Request> structures(String name) {
        return elements(name, Request::structure);
    }

    List<String> texts(String name) {
        return elements(name, element -> {
            if (!element.isTextual()) {
                throw notConvertible(element, "String");
            }
            return element.textValue();
        });
    }

    /** The members of a map; empty when there is none. */
    Map<String, JsonNode> members(String name) {
        var members = new LinkedHashMap<String, JsonNode>();
        Request map = structure(name);
        if (map != null) {
            map.node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        }
        return members;
    }

    <T> List<T> elements(String name, Function<JsonNode, T> reader) {
        JsonNode value = value(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw ServiceException.serialization(
                    value.isObject() ? "Start of structure or map found where not expected" : "Unexpected field type");
        }
        var elements = new ArrayList<T>();
        value.forEach(element -> elements.add(reader.apply(element)));
        return elements;
    }

    static Request structure(JsonNode value) {
        if (value instanceof ObjectNode object) {
            return new Request(object);
        }
        throw ServiceException.serialization(
                value.isArray() ? "Unrecognized collection type" : "Unexpected field type");
    }

    /** Refuses parameters of the service that are not emulated, so that no client relies on them. */
    void refuse(String... names) {
        for (String name : names) {
            if (has(name)) {
                throw ServiceException.validation("local-aws does not emulate the parameter " + name + ".");
            }
        }
    }

    /** The table's name, checked before anything else is. */
    String tableName() {
        String name = text("TableName");
        if (name == null) {
            throw constraints("Value null at 'tableName' failed to satisfy constraint: Member must not be null");
        }
        checkTableName(name, 1);
        return name;
    }

    static void checkTableName(String name, int shortest) {
        String at = "Value '" + name + "' at 'tableName' failed to satisfy constraint: ";
        if (name.length() < shortest) {
            throw constraints(at + "Member must have length greater than or equal to " + shortest);
        }
        if (name.length() > MAX_TABLE_NAME) {
            throw constraints(at + "Member must have length less than or equal to " + MAX_TABLE_NAME);
        }
        if (!TABLE_NAME.matcher(name).matches()) {
            throw constraints(at + "Member must satisfy regular expression pattern: " + TABLE_NAME.pattern());
        }
    }

    /** Records an error if a parameter is present and does not have one of the allowed values. */
    Request oneOf(String name, String... allowed) {
        String value = text(name);
        if (value != null && !Set.of(allowed).contains(value)) {
            addError("Value '" + value + "' at '" + member(name)
                    + "' failed to satisfy constraint: Member must satisfy enum value set: ["
                    + String.join(", ", allowed)
                    + "]");
        }
        return this;
    }

    Request notNull(String... names) {
        for (String name : names) {
            if (!has(name)) {
                addError("Value null at '" + member(name) + "' failed to satisfy constraint: Member must not be null");
            }
        }
        return this;
    }

    Request atLeast(String name, int least) {
        Integer value = integer(name);
        if (value != null && value < least) {
            addError("Value '" + value + "' at '" + member(name)
                    + "' failed to satisfy constraint: Member must have value greater than or equal to " + least);
        }
        return this;
    }

    Request atMost(String name, int most) {
        Integer value = integer(name);
        if (value != null && value > most) {
            addError("Value '" + value + "' at '" + member(name)
                    + "' failed to satisfy constraint: Member must have value less than or equal to " + most);
        }
        return this;
    }

    /** Records an error of a value in the request. */
    void addError(String error) {
        if (errors.size() < MAX_ERRORS) {
            errors.add(error);
        }
    }

    /** The service's error if any errors were recorded. */
    void check() {
        if (!errors.isEmpty()) {
            throw constraints(errors.toArray(String[]::new));
        }
    }

    /**
     * The elements of a list for an error message, shortened. The service repeats the whole list, which may have 16 MB.
     */
    static String shown(JsonNode list) {
        String text = list.toString();
        return text.length() > MAX_SHOWN ? text.substring(1, MAX_SHOWN) + "..." : text.substring(1, text.length() - 1);
    }

    static ServiceException constraints(String... errors) {
        return ServiceException.validation(errors.length + " validation error" + (errors.length == 1 ? "" : "s")
                + " detected: " + String.join("; ", errors));
    }

    private @Nullable JsonNode value(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    private static String member(String name) {
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }
}
