package io.renderfleet.api.submission;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A digest of what the client asked for, as given: two requests for one id are the same when it is. White space, the
 * order of fields and the id itself do not count, and neither does a field that was left out, so that a new optional
 * one does not turn yesterday's repeat into another request. What a request refers to counts by its name: a repeat is one
 * also after the name was given to something else.
 */
final class RequestDigest {
    /** 128 bits: far beyond chance, and half the size in every item. */
    private static final int BYTES = 16;

    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private RequestDigest() {}

    /**
     * 32 lower-case hex digits.
     *
     * @param envelope the fields of every job
     * @param request the fields of the job's type
     */
    static String of(JobRequest envelope, Record request) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(canonical(envelope.withoutId()));
            digest.update(canonical(request));
            return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
        } catch (NoSuchAlgorithmException | JsonProcessingException e) {
            throw new IllegalStateException("a request has a JSON form and every JDK has SHA-256", e);
        }
    }

    private static byte[] canonical(Record part) throws JsonProcessingException {
        return CANONICAL.writeValueAsString(part).getBytes(StandardCharsets.UTF_8);
    }
}
