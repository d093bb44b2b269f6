package io.renderfleet.api.body;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import io.renderfleet.problem.Violations;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Adds the violations of a JSON body, each with the path of its field. */
final class JsonViolations {
    /** The maximum length of a quoted field name, in code points. */
    private static final int MAX_QUOTE = 60;

    private JsonViolations() {}

    /** Adds a violation for the current value and skips the value. */
    static void skip(DeserializationContext context, JsonParser parser, String message) throws IOException {
        add(context, path(parser.getParsingContext()), message);
        parser.skipChildren();
    }

    static void add(DeserializationContext context, String path, String message) {
        if (context.getAttribute(Violations.class) instanceof Violations violations) {
            violations.add(path.isEmpty() ? "body" : path, message);
        }
    }

    static String expected(String kind, JsonParser parser) {
        return "must be " + kind + ", not " + kind(parser.currentToken());
    }

    /**
     * The path of the current value, such as {@code camera.position.x} or {@code regions[1]}; empty for the body
     * itself.
     */
    static String path(JsonStreamContext context) {
        Deque<String> steps = new ArrayDeque<>();
        for (JsonStreamContext at = context; at != null; at = at.getParent()) {
            if (at.inObject() && at.hasCurrentName()) {
                steps.push("." + quoted(at.getCurrentName()));
            } else if (at.inArray() && at.hasCurrentIndex()) {
                steps.push("[" + at.getCurrentIndex() + "]");
            }
        }
        String path = String.join("", steps);
        return path.startsWith(".") ? path.substring(1) : path;
    }

    static String path(JsonProcessingException failure) {
        if (!(failure instanceof JsonMappingException mapping)) {
            return "body";
        }
        String path = mapping.getPath().stream()
                .map(step ->
                        step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + quoted(step.getFieldName()))
                .collect(Collectors.joining());
        return path.isEmpty() ? "body" : path.startsWith(".") ? path.substring(1) : path;
    }

    static String kind(@Nullable JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case START_ARRAY -> "an array";
            case START_OBJECT -> "an object";
            case null, default -> "null";
        };
    }

    static String quoted(String name) {
        String printable = name.codePoints()
                .limit(MAX_QUOTE)
                .mapToObj(c -> Character.isISOControl(c) ? "?" : Character.toString(c))
                .collect(Collectors.joining());
        return printable.length() < name.length() ? printable + "…" : printable;
    }
}
