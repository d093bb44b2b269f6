package io.renderfleet.api.lookup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.renderfleet.job.JobPayload;
import org.jspecify.annotations.Nullable;

/** Converts stored payloads for responses. The API service does not interpret payloads. */
final class PayloadView {
    private static final JsonMapper MAPPER = new JsonMapper();

    private PayloadView() {}

    /**
     * The payload as JSON; null without a payload. A payload that is not JSON, which no job type writes, becomes a
     * string.
     */
    static @Nullable JsonNode of(@Nullable JobPayload payload) {
        if (payload == null) {
            return null;
        }
        try {
            return MAPPER.readTree(payload.json());
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(payload.json());
        }
    }
}
