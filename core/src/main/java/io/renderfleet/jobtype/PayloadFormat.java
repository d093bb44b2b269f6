package io.renderfleet.jobtype;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.renderfleet.job.JobPayload;
import io.renderfleet.jobtype.AttemptException.UnreadablePayloadException;
import java.util.Objects;

/**
 * Converts a type's payload record to JSON and back. Null values are omitted, and unknown fields are ignored, so a new
 * optional field needs no new version. Raise the version for a change that would make an older worker produce a wrong
 * result: older workers then leave the job to newer ones.
 *
 * <p>Thread-safe.
 *
 * @param <P> the payload's record
 */
public final class PayloadFormat<P extends Record> {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private final int version;
    private final ObjectWriter writer;
    private final ObjectReader reader;

    /** @param version the version that is written, and the newest one that can be read */
    public PayloadFormat(Class<P> type, int version) {
        this.version = version;
        this.writer = MAPPER.writerFor(type);
        this.reader = MAPPER.readerFor(type);
    }

    /** The version that is written. */
    public int version() {
        return version;
    }

    /**
     * Writes a payload as JSON, with this format's version.
     *
     * @throws IllegalArgumentException when the record cannot be written as JSON, or the JSON is too large
     */
    public JobPayload write(P payload) {
        try {
            return new JobPayload(writer.writeValueAsString(payload), version);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(payload.getClass().getSimpleName() + " cannot be written as JSON.", e);
        }
    }

    /**
     * Reads a stored payload. Unknown fields are ignored.
     *
     * @throws UnreadablePayloadException when a newer version wrote the payload, or it is damaged
     */
    public P read(JobPayload payload) {
        if (payload.version() > version) {
            throw new UnreadablePayloadException("its payload has version " + payload.version()
                    + ", and this worker understands versions up to " + version);
        }
        try {
            P value = reader.readValue(payload.json());
            return Objects.requireNonNull(value, "null");
        } catch (JsonProcessingException | RuntimeException e) {
            throw new UnreadablePayloadException("its payload cannot be read: " + reason(e));
        }
    }

    /** The reason without the JSON, which may contain a user's data and must not be logged. */
    private static String reason(Exception e) {
        return e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.toString();
    }
}
