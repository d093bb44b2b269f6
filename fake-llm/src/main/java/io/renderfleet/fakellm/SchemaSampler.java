package io.renderfleet.fakellm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Makes values that satisfy a JSON schema, deterministically for a random source. It supports the keywords {@code type},
 * {@code enum}, {@code const}, {@code properties}, {@code required}, {@code items}, {@code minItems}, {@code maxItems},
 * {@code minLength}, {@code maxLength}, {@code minimum}, {@code maximum}, {@code exclusiveMinimum} and
 * {@code exclusiveMaximum}. Annotations are ignored. Other keywords that restrict values are refused, as OpenAI refuses
 * keywords that it does not support, so that a value never silently violates them.
 */
final class SchemaSampler {
    private static final int MAX_DEPTH = 20;
    private static final int MAX_VALUES = 10_000;
    private static final int MAX_CHARACTERS = 1_000_000;
    private static final int USUAL_ITEMS = 3;
    private static final List<String> UNSUPPORTED = List.of(
            "$ref",
            "$dynamicRef",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "dependentSchemas",
            "dependentRequired",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "prefixItems",
            "contains",
            "uniqueItems",
            "multipleOf",
            "pattern");
    private static final List<String> OBSERVATIONS = List.of(
            "A person stands near the edge of the carriageway.",
            "Two vehicles keep a short distance at high speed.",
            "The scene shows normal traffic without conflicts.",
            "A cyclist crosses between vehicles that are turning.",
            "A vehicle has stopped where stopping is not allowed.");
    private static final List<String> ACTIONS = List.of(
            "Watch this group and compare it with the next image.",
            "Inform the operator on duty.",
            "No action is necessary.");
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** The schema of values that may be anything. */
    private static final JsonNode ANY = NODES.objectNode();

    private final RandomGenerator random;
    private final ProviderErrors errors;
    private int values;
    private int characters;

    SchemaSampler(RandomGenerator random, ProviderErrors errors) {
        this.random = random;
        this.errors = errors;
    }

    /** A value that satisfies the schema; an {@link ApiError} with status 400 if it is not supported. */
    JsonNode value(JsonNode schema) {
        return value(schema, "", 0);
    }

    /** A sentence that could be part of an assessment of a scene. */
    String sentence() {
        return one(OBSERVATIONS);
    }

    private String one(List<String> sentences) {
        return sentences.get(random.nextInt(sentences.size()));
    }

    /** @param name the name of the property, or of the array's property */
    private JsonNode value(JsonNode schema, String name, int depth) {
        check(schema.isObject(), "A schema must be a JSON object.");
        check(depth <= MAX_DEPTH, "The schema is nested more than " + MAX_DEPTH + " deep.");
        check(++values <= MAX_VALUES, "The smallest answer has more than " + MAX_VALUES + " values.");
        for (String keyword : UNSUPPORTED) {
            check(!schema.has(keyword), "The keyword '" + keyword + "' is not supported.");
        }
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (schema.has("enum")) {
            JsonNode choices = schema.get("enum");
            check(choices.isArray() && !choices.isEmpty(), "'enum' must be an array that is not empty.");
            return choices.get(random.nextInt(choices.size()));
        }
        return switch (type(schema)) {
            case "object" -> object(schema, depth);
            case "array" -> array(schema, name, depth);
            case "string" -> string(schema, name);
            case "number" -> number(schema);
            case "integer" -> integer(schema);
            case "boolean" -> NODES.booleanNode(random.nextBoolean());
            case "null" -> NODES.nullNode();
            default -> throw error("'" + type(schema) + "' is not a type.");
        };
    }

    /** The first of the types that is not null. */
    private static String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        if (type.isArray()) {
            for (JsonNode each : type) {
                if (!each.asText().equals("null")) {
                    return each.asText();
                }
            }
            return "null";
        }
        return type.asText(schema.has("properties") ? "object" : schema.has("items") ? "array" : "string");
    }

    private ObjectNode object(JsonNode schema, int depth) {
        ObjectNode object = NODES.objectNode();
        for (var property : schema.path("properties").properties()) {
            object.set(property.getKey(), value(property.getValue(), property.getKey(), depth + 1));
        }
        for (JsonNode name : schema.path("required")) {
            if (!object.has(name.asText())) {
                JsonNode others = schema.path("additionalProperties");
                check(
                        !others.isBoolean() || others.booleanValue(),
                        "The required '" + name.asText() + "' is not allowed.");
                object.set(name.asText(), value(others.isObject() ? others : ANY, name.asText(), depth + 1));
            }
        }
        return object;
    }

    private ArrayNode array(JsonNode schema, String name, int depth) {
        int least = bound(schema, "minItems", 0, MAX_VALUES);
        int most = bound(schema, "maxItems", Math.max(least, USUAL_ITEMS), MAX_VALUES);
        check(least <= most, "'minItems' is greater than 'maxItems'.");
        int size = least + random.nextInt(Math.min(most, Math.max(least, USUAL_ITEMS)) - least + 1);
        ArrayNode array = NODES.arrayNode();
        for (int i = 0; i < size; i++) {
            array.add(value(schema.has("items") ? schema.get("items") : ANY, name, depth + 1));
        }
        return array;
    }

    private JsonNode string(JsonNode schema, String name) {
        int least = bound(schema, "minLength", 0, MAX_CHARACTERS);
        int most = bound(schema, "maxLength", Integer.MAX_VALUE, Integer.MAX_VALUE);
        check(least <= most, "'minLength' is greater than 'maxLength'.");
        characters += least;
        check(characters <= MAX_CHARACTERS, "The smallest answer has more than " + MAX_CHARACTERS + " characters.");
        List<String> sentences = name.toLowerCase(Locale.ROOT).contains("action") ? ACTIONS : OBSERVATIONS;
        var text = new StringBuilder(one(sentences));
        while (text.length() < least) {
            text.append(' ').append(one(sentences));
        }
        // The sentences are in ASCII, so a char is a character of the schema.
        text.setLength(Math.min(text.length(), most));
        return NODES.textNode(text.toString());
    }

    private JsonNode number(JsonNode schema) {
        double least =
                schema.path("minimum").asDouble(schema.path("exclusiveMinimum").asDouble(Double.NaN));
        double most =
                schema.path("maximum").asDouble(schema.path("exclusiveMaximum").asDouble(Double.NaN));
        if (Double.isNaN(least)) {
            least = Double.isNaN(most) ? 0 : most - 1;
        }
        if (Double.isNaN(most)) {
            most = least + 1;
        }
        check(least <= most, "The smallest number is greater than the greatest one.");
        // Strictly between the bounds, unless they are equal.
        double value = least + (most - least) * (0.005 + 0.99 * random.nextDouble());
        double rounded = Math.round(value * 1_000) / 1_000.0;
        return NODES.numberNode(rounded > least && rounded < most ? rounded : value);
    }

    private JsonNode integer(JsonNode schema) {
        long least = schema.has("exclusiveMinimum")
                ? (long) Math.floor(schema.get("exclusiveMinimum").asDouble()) + 1
                : (long) Math.ceil(schema.path("minimum").asDouble(Double.NaN));
        long most = schema.has("exclusiveMaximum")
                ? (long) Math.ceil(schema.get("exclusiveMaximum").asDouble()) - 1
                : (long) Math.floor(schema.path("maximum").asDouble(Double.NaN));
        boolean bounded = schema.has("maximum") || schema.has("exclusiveMaximum");
        if (!schema.has("minimum") && !schema.has("exclusiveMinimum")) {
            least = bounded ? Math.min(0, most) : 0;
        }
        if (!bounded) {
            most = least + 100;
        }
        check(least <= most && most < Long.MAX_VALUE, "There is no integer within the bounds.");
        return NODES.numberNode(random.nextLong(least, most + 1));
    }

    private int bound(JsonNode schema, String keyword, int otherwise, int greatest) {
        JsonNode value = schema.path(keyword);
        if (value.isMissingNode()) {
            return otherwise;
        }
        check(
                value.canConvertToInt() && value.asInt() >= 0 && value.asInt() <= greatest,
                "'" + keyword + "' must be 0 to " + greatest + ".");
        return value.asInt();
    }

    private void check(boolean valid, String message) {
        if (!valid) {
            throw error(message);
        }
    }

    private ApiError error(String message) {
        return errors.invalidRequest("Invalid schema for response_format: " + message, "response_format");
    }
}
