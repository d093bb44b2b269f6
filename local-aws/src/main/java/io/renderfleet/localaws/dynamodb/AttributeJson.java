package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.localaws.dynamodb.AttributeValue.Array;
import io.renderfleet.localaws.dynamodb.AttributeValue.Binary;
import io.renderfleet.localaws.dynamodb.AttributeValue.Bool;
import io.renderfleet.localaws.dynamodb.AttributeValue.Document;
import io.renderfleet.localaws.dynamodb.AttributeValue.Null;
import io.renderfleet.localaws.dynamodb.AttributeValue.Numeric;
import io.renderfleet.localaws.dynamodb.AttributeValue.Text;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;

/** Attribute values as JSON: {@code {"S": "text"}}. Reading one applies the service's rules for values. */
final class AttributeJson {
    /** Levels that an attribute may have: a scalar has one, a list of scalars two. */
    private static final int MAX_DEPTH = 32;

    private static final int MAX_NAME = 65_535;

    private AttributeJson() {}

    static Map<String, AttributeValue> readItem(JsonNode node) {
        return readMembers(object(node), 1);
    }

    static AttributeValue read(JsonNode node) {
        return read(node, 1);
    }

    /**
     * Checks the depth of an item after an update, because the limit for requests does not cover the place of a value.
     */
    static void checkDepth(Map<String, AttributeValue> item) {
        if (item.values().stream().anyMatch(value -> value.levels() > MAX_DEPTH)) {
            throw tooDeep();
        }
    }

    static ObjectNode write(Map<String, AttributeValue> item) {
        ObjectNode node = Json.object();
        item.forEach((name, value) -> node.set(name, write(value)));
        return node;
    }

    static ObjectNode write(AttributeValue value) {
        ObjectNode node = Json.object();
        switch (value) {
            case Text text -> node.put("S", text.value());
            case Numeric number -> node.put("N", Numbers.format(number.value()));
            case Binary binary -> node.put("B", encoded(binary));
            case Bool bool -> node.put("BOOL", bool.value());
            case Null ignored -> node.put("NULL", true);
            case AttributeValue.Set set -> {
                var elements = node.putArray(set.type());
                set.elements()
                        .forEach(element ->
                                elements.add(element instanceof Binary binary ? encoded(binary) : element.toString()));
            }
            case Array array -> {
                var elements = node.putArray("L");
                array.elements().forEach(element -> elements.add(write(element)));
            }
            case Document document -> node.set("M", write(document.members()));
        }
        return node;
    }

    private static Map<String, AttributeValue> readMembers(ObjectNode node, int depth) {
        var members = new LinkedHashMap<String, AttributeValue>();
        node.properties().forEach(member -> {
            checkName(member.getKey());
            members.put(member.getKey(), read(member.getValue(), depth));
        });
        return members;
    }

    private static AttributeValue read(JsonNode node, int depth) {
        if (depth > MAX_DEPTH) {
            throw tooDeep();
        }
        ObjectNode object = object(node);
        if (object.isEmpty()) {
            throw ServiceException.validation(
                    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
        }
        if (object.size() > 1) {
            throw ServiceException.validation(
                    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the"
                            + " supported datatypes");
        }
        var member = object.properties().iterator().next();
        JsonNode value = member.getValue();
        String type = member.getKey();
        return switch (type) {
            case "S" -> new Text(text(value));
            case "N" -> new Numeric(Numbers.parse(text(value)));
            case "B" -> new Binary(binary(value));
            case "BOOL" -> new Bool(bool(value));
            case "NULL" -> nothing(value);
            case "SS", "NS", "BS" -> set(type, value);
            case "L" -> {
                var elements = new ArrayList<AttributeValue>();
                for (JsonNode element : list(value)) {
                    elements.add(read(element, depth + 1));
                }
                yield new Array(List.copyOf(elements));
            }
            case "M" -> new Document(readMembers(object(value), depth + 1));
            default ->
                throw ServiceException.validation(
                        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
        };
    }

    private static ServiceException tooDeep() {
        return ServiceException.validation("Nesting Levels have exceeded supported limits: "
                + "Attributes in the item have nested levels beyond supported limit");
    }

    private static AttributeValue nothing(JsonNode value) {
        if (!bool(value)) {
            throw ServiceException.invalidParameter("Null attribute value types must have the value of true");
        }
        return new Null();
    }

    private static AttributeValue set(String type, JsonNode value) {
        var elements = new ArrayList<AttributeValue>();
        for (JsonNode element : list(value)) {
            elements.add(
                    switch (type) {
                        case "SS" -> new Text(text(element));
                        case "NS" -> new Numeric(Numbers.parse(text(element)));
                        default -> new Binary(binary(element));
                    });
        }
        if (elements.isEmpty()) {
            throw ServiceException.invalidParameter(
                    switch (type) {
                        case "SS" -> "An string set  may not be empty";
                        case "NS" -> "An number set  may not be empty";
                        default -> "Binary sets should not be empty";
                    });
        }
        if (new HashSet<>(elements).size() < elements.size()) {
            throw ServiceException.invalidParameter(
                    switch (type) {
                        case "SS" -> "Input collection " + elements + " contains duplicates.";
                        case "NS" -> "Input collection contains duplicates";
                        default ->
                            "Input collection "
                                    + elements.stream()
                                            .map(element -> encoded((Binary) element))
                                            .toList()
                                    + "of type BS contains duplicates.";
                    });
        }
        return AttributeValue.Set.of(type, elements);
    }

    private static ObjectNode object(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw ServiceException.serialization(
                node.isArray()
                        ? "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"
                        : "Unexpected value type in payload");
    }

    private static JsonNode list(JsonNode node) {
        if (node.isArray()) {
            return node;
        }
        throw ServiceException.serialization(
                node.isObject() ? "Start of structure or map found where not expected" : "Unexpected field type");
    }

    private static void checkName(String name) {
        if (name.isEmpty() || ItemSize.utf8(name) > MAX_NAME) {
            throw ServiceException.invalidParameter("The name of an attribute must have from 1 to 65535 bytes");
        }
        checkUnicode(name);
    }

    /**
     * An unpaired surrogate cannot be encoded in UTF-8, so two strings with different ones would have the same bytes.
     */
    private static void checkUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSurrogatePair(text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
                    throw ServiceException.serialization(
                            "A string contains an unpaired surrogate, which is not a character.");
                }
                i++;
            }
        }
    }

    private static String text(JsonNode node) {
        if (node.isTextual()) {
            checkUnicode(node.textValue());
            return node.textValue();
        }
        throw Request.notConvertible(node, "String");
    }

    private static boolean bool(JsonNode node) {
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        throw Request.notConvertible(node, "Boolean");
    }

    private static SdkBytes binary(JsonNode node) {
        if (!node.isTextual()) {
            throw ServiceException.serialization("only base-64-encoded strings are convertible to bytes");
        }
        try {
            return SdkBytes.fromByteArrayUnsafe(Base64.getDecoder().decode(node.textValue()));
        } catch (IllegalArgumentException e) {
            throw ServiceException.serialization(
                    "The value of a binary attribute is not valid Base64: " + e.getMessage());
        }
    }

    private static String encoded(Binary binary) {
        return Base64.getEncoder().encodeToString(binary.value().asByteArrayUnsafe());
    }
}
