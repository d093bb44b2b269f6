package io.renderfleet.bridge.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the value of a record as far as the bridge has to; the API checks the rest. */
final class DetectionReader {
    private static final String USER = "userId";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // Numbers stay as they were written.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final long maxBytes;
    private final @Nullable String user;

    /** @param user the user of events without one; null to send them as they are */
    DetectionReader(long maxBytes, @Nullable String user) {
        this.maxBytes = maxBytes;
        this.user = user;
    }

    /**
     * A value that can be submitted.
     *
     * @param json the body of {@code POST /events}
     */
    record Detection(String json, ObjectNode tree) {}

    /** A value that can never be submitted. */
    static final class UnreadableException extends Exception {
        UnreadableException(String reason) {
            super(reason);
        }
    }

    /** @throws UnreadableException when the value is not a JSON object within the limit */
    Detection read(byte @Nullable [] value) throws UnreadableException {
        if (value == null) {
            throw new UnreadableException("The record has no value.");
        }
        if (value.length > maxBytes) {
            throw new UnreadableException(
                    "The value has " + value.length + " bytes, and renderfleet.kafka.max-record is " + maxBytes
                            + ". Upload the images with PUT /inputs/{name}, and send their names.");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
            JsonNode read = MAPPER.readTree(text);
            if (!(read instanceof ObjectNode event)) {
                throw new UnreadableException("The value is not a JSON object.");
            }
            if (user == null || event.hasNonNull(USER)) {
                return new Detection(text, event);
            }
            event.put(USER, user);
            return new Detection(MAPPER.writeValueAsString(event), event);
        } catch (CharacterCodingException e) {
            throw new UnreadableException("The value is not JSON: it is not UTF-8.");
        } catch (JsonProcessingException e) {
            throw new UnreadableException("The value is not JSON: " + e.getOriginalMessage());
        }
    }
}
