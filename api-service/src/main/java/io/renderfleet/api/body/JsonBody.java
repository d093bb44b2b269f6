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
 * Bodies of requests as JSON: RFC 8259 and nothing beyond, in UTF-8. Jackson reads them into records whose components are
 * nullable. Everything that does not fit becomes a violation with its path, not only the first such thing: unknown
 * fields, fields that are given twice, values of another kind. Nothing is converted: "1" is not a number, while 64.0 and
 * 6.4e1 are whole numbers. What was wrong is null in the record, as is what was left out.
 */
public final class JsonBody {
    private static final int MAX_DEPTH = 18;
    private static final int MAX_NAME = 200;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNameLength(MAX_NAME)
                            .build())
                    .build())
            .addModule(StrictValues.module())
            .addHandler(new FaultCollector())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private JsonBody() {}

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

    /** The object in a text; {@link ProblemException} when it is not JSON, or JSON of another kind. */
    public static ObjectNode object(String text, Violations violations) {
        JsonNode body;
        try {
            body = MAPPER.reader().withAttribute(Violations.class, violations).readValue(text, JsonNode.class);
        } catch (StreamConstraintsException e) {
            throw malformed("The body nests deeper than " + MAX_DEPTH + " levels, or has a name or a number that is"
                    + " too long.");
        } catch (JsonProcessingException e) {
            throw malformed("The body is not valid JSON at " + place(e.getLocation())
                    + " Comments, trailing commas, NaN and Infinity are not part of JSON.");
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be read", e);
        }
        if (body == null || body.isMissingNode()) {
            throw malformed("The body is empty; send a JSON object.");
        }
        if (body instanceof ObjectNode object) {
            return object;
        }
        violations.add("body", "must be an object, not " + Faults.kind(body.asToken()));
        throw ProblemException.invalid(violations.errors());
    }

    /**
     * Binds an object to a record.
     *
     * @param alsoKnown names that the object could have had besides those of the record, for the text on unknown ones
     * @return null when something was wrong in such a way that there is no record; the violations say what
     */
    public static <R extends Record> @Nullable R bind(
            ObjectNode object, Class<R> type, Set<String> alsoKnown, Violations violations) {
        try {
            return MAPPER.readerFor(type)
                    .withAttribute(Violations.class, violations)
                    .withAttribute(FaultCollector.ALSO_KNOWN, alsoKnown)
                    .readValue(object);
        } catch (JsonProcessingException e) {
            // What Jackson does not let a handler decide.
            violations.add(Faults.path(e), "has a value that cannot be used");
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("a tree in memory cannot be read", e);
        }
    }

    /** How long an object is as JSON text, in bytes of UTF-8 without white space. */
    public static int bytes(ObjectNode object) {
        try {
            return MAPPER.writeValueAsBytes(object).length;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree has a JSON form", e);
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
