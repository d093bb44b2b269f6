package io.renderfleet.api.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Violations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON bodies of requests: strict RFC 8259 in UTF-8, bound by Jackson to records with nullable components.
 * All problems of a body are reported, each as a violation with the path of its field: unknown fields, fields that are
 * given twice, and values of the wrong kind. Values are not converted: "1" is not a number, but 64.0 and 6.4e1 are
 * whole numbers. A component is null when its field was left out or was not valid.
 */
public final class JsonBody {
    private static final int MAX_DEPTH = 18;
    private static final int MAX_NAME = 200;

    /** The objects of a small value take many times the memory of its text. The largest sensible batch has a tenth. */
    private static final int MAX_TOKENS = 200_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNameLength(MAX_NAME)
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .build())
            .addModule(StrictDeserializers.module())
            .addHandler(new ViolationCollector())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private JsonBody() {}

    /**
     * Decodes a body; throws a {@link ProblemException} when it is not UTF-8. A byte order mark, with which some
     * programs begin every file, is ignored, as RFC 8259, section 8.1 permits.
     */
    static String text(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
        } catch (CharacterCodingException e) {
            throw malformed("The body is not valid UTF-8. Send JSON in UTF-8.");
        }
    }

    /**
     * Parses a JSON object; throws a {@link ProblemException} when the text is not JSON or not an object.
     *
     * @param violations gets one entry for each field that is given twice
     */
    public static ObjectNode object(String text, Violations violations) {
        JsonNode body;
        try {
            body = MAPPER.reader().withAttribute(Violations.class, violations).readValue(text, JsonNode.class);
        } catch (StreamConstraintsException e) {
            throw malformed("The body has more than " + MAX_DEPTH + " levels of nesting, more than " + MAX_TOKENS
                    + " names and values, or a name or a number that is too long.");
        } catch (NumberFormatException e) {
            // Jackson does not translate it.
            throw malformed("The body has a number with too many digits in its exponent.");
        } catch (JsonProcessingException e) {
            throw malformed("The body is not valid JSON at " + place(e.getLocation())
                    + " Note that comments, trailing commas, NaN and Infinity are not valid JSON.");
        } catch (IOException e) {
            throw new UncheckedIOException("Text in memory could not be read", e);
        }
        if (body == null || body.isMissingNode()) {
            throw malformed("The body is empty. Send a JSON object.");
        }
        if (body instanceof ObjectNode object) {
            return object;
        }
        violations.add("body", "must be an object, not " + JsonViolations.kind(body.asToken()));
        throw ProblemException.invalid(violations.errors());
    }

    /**
     * Binds an object to a record.
     *
     * @param otherFields fields that the client may send in addition to those of the record; named in the message on an
     *     unknown field
     * @return the record; null when the object could not be bound at all, and the violations say why
     */
    public static <R extends Record> @Nullable R bind(
            ObjectNode object, Class<R> type, Set<String> otherFields, Violations violations) {
        try {
            return MAPPER.readerFor(type)
                    .withAttribute(Violations.class, violations)
                    .withAttribute(ViolationCollector.OTHER_FIELDS, otherFields)
                    .readValue(object);
        } catch (JsonProcessingException e) {
            // A problem that Jackson does not pass to the handler.
            violations.add(JsonViolations.path(e), "has a value that cannot be used");
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("A tree in memory could not be read", e);
        }
    }

    /** The length of an object as JSON in UTF-8 without white space, in bytes. */
    public static int bytes(ObjectNode object) {
        try {
            return MAPPER.writeValueAsBytes(object).length;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can always be written as JSON", e);
        }
    }

    static ProblemException malformed(String detail) {
        return ProblemException.of(ProblemType.MALFORMED_JSON, detail);
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null
                ? "its end."
                : "line " + location.getLineNr() + ", column " + location.getColumnNr() + ".";
    }
}
