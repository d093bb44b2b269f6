package io.renderfleet.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.Map;

/** The JSON of requests and responses. */
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            // A newer version of the API may have more fields.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .build();

    private Json() {}

    /** The body of a submission: the fields of the job type with those of the envelope. */
    static ObjectNode body(JobRequest request) {
        if (!(MAPPER.valueToTree(request.fields()) instanceof ObjectNode body)) {
            throw new IllegalArgumentException(
                    "The fields of a job must be a map, a record or another object that is written as a JSON object,"
                            + " not "
                            + request.fields().getClass().getSimpleName() + ".");
        }
        request.envelope().forEach((name, value) -> {
            if (body.has(name)) {
                throw new IllegalArgumentException(
                        "The field " + name + " is in both the envelope and the fields of the job. Give it once.");
            }
            body.set(name, MAPPER.valueToTree(value));
        });
        return body;
    }

    /** The body of a redrive. All filters are text; the limit is a number. */
    static ObjectNode redrive(Map<String, String> filters) {
        ObjectNode body = MAPPER.createObjectNode();
        filters.forEach((name, value) -> {
            if (name.equals("limit")) {
                body.put(name, Integer.parseInt(value));
            } else {
                body.put(name, value);
            }
        });
        return body;
    }

    static String text(JsonNode body) {
        try {
            return MAPPER.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A JSON tree can always be written", e);
        }
    }
}
