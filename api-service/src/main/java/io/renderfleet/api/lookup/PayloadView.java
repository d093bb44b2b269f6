package io.renderfleet.api.lookup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.renderfleet.job.JobPayload;
import org.jspecify.annotations.Nullable;

/** A payload in an answer: shown as it is stored, and never understood. */
final class PayloadView {
    private static final JsonMapper MAPPER = new JsonMapper();

    private PayloadView() {}

    /** Null without a payload; the text itself when it is not JSON, which no type writes and no listing fails for. */
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
