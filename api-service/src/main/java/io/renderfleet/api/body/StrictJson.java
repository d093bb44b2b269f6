package io.renderfleet.api.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.problem.ProblemException;
import io.renderfleet.api.problem.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * JSON as RFC 8259 has it and nothing beyond: UTF-8, one value, no comments, no NaN. A name that an object gives twice
 * is a violation with its path, since readers disagree on which of the two counts.
 */
public final class StrictJson {
    private static final int MAX_DEPTH = 16;
    private static final int MAX_NAME = 200;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME)
                    .build())
            .build();

    private StrictJson() {}

    /** The text of a body; {@link ProblemException} when it is not UTF-8. */
    static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("The body is not UTF-8 text.");
        }
    }

    /** How long a text is as UTF-8. */
    public static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The one value of a text; {@link ProblemException} when it is not JSON. */
    public static JsonNode parse(String text, Violations violations) {
        return with(text, parser -> {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw malformed("The body is empty; send a JSON object.");
            }
            JsonNode value = value(parser, "", violations);
            if (parser.nextToken() != null) {
                throw malformed("The body goes on after its JSON value, at " + place(parser.currentTokenLocation()));
            }
            return value;
        });
    }

    /** What to do with a parser that stands before the first token. */
    public interface Reading<T extends @Nullable Object> {
        T read(JsonParser parser) throws IOException;
    }

    /** Reads with a strict parser; what it cannot read becomes a problem that says where. */
    public static <T extends @Nullable Object> T with(String text, Reading<T> reading) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return reading.read(parser);
        } catch (StreamConstraintsException e) {
            throw malformed("The body nests deeper than " + MAX_DEPTH + " levels, or has a name or a number that is"
                    + " too long.");
        } catch (StreamReadException e) {
            throw malformed("The body is not valid JSON at " + place(e.getLocation())
                    + " Comments, trailing commas, NaN and Infinity are not part of JSON.");
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be read", e);
        }
    }

    private static JsonNode value(JsonParser parser, String path, Violations violations) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, path, violations);
            case START_ARRAY -> array(parser, path, violations);
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT -> NODES.numberNode(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            default -> NODES.nullNode();
        };
    }

    private static ObjectNode object(JsonParser parser, String path, Violations violations) throws IOException {
        ObjectNode object = NODES.objectNode();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            String field = path.isEmpty() ? name : path + "." + name;
            parser.nextToken();
            if (object.has(name)) {
                violations.add(field, "is given twice");
            }
            object.set(name, value(parser, field, violations));
        }
        return object;
    }

    private static ArrayNode array(JsonParser parser, String path, Violations violations) throws IOException {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser, path + "[" + array.size() + "]", violations));
        }
        return array;
    }

    public static ProblemException malformed(String detail) {
        return ProblemException.of(ProblemType.MALFORMED_JSON, detail);
    }

    private static String place(JsonLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr() + ".";
    }
}
