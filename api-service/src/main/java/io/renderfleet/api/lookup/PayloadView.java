package io.renderfleet.api.lookup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.job.JobPayload;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts stored payloads for responses. The API service does not interpret payloads. */
final class PayloadView {
    private static final JsonMapper MAPPER = new JsonMapper();

    private PayloadView() {}

    /**
     * The fields of a payload; none without a payload, or for one that is not a JSON object, which no job type writes.
     * A field that has the name of a field of every job is left out: no job type of this service has one.
     */
    static Map<String, JsonNode> fields(@Nullable JobPayload payload) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        if (payload != null) {
            try {
                MAPPER.readTree(payload.json()).forEachEntry(fields::put);
            } catch (JsonProcessingException e) {
                return Map.of();
            }
            fields.keySet().removeAll(JobView.FIELDS);
        }
        return fields;
    }
}
