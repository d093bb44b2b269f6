package io.renderfleet.api.submission;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A digest of the values in a request. Two requests with the same id are the same request if their digests are equal.
 * The digest does not depend on white space, the order of the fields or the id. A field that was left out does not
 * count either, so that a new optional field does not change the digests of earlier requests. References, such as a
 * design, count by name: a repeat is the same request even if the name now refers to another file.
 */
final class RequestDigest {
    /** 128 bits are enough to make an accidental match improbable, and are half the size in every item. */
    private static final int BYTES = 16;

    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private RequestDigest() {}

    /**
     * Computes the digest: 22 characters of the URL-safe Base64, because it is part of every item.
     *
     * @param envelope the fields that every job has, without the id
     * @param request the fields of the job type
     */
    static String of(JobRequest envelope, Record request) {
        try {
            MessageDigest digest = DigestUtils.getSha256Digest();
            digest.update(canonical(envelope));
            digest.update(canonical(request));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest.digest(), BYTES));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("A request can be written as JSON", e);
        }
    }

    private static byte[] canonical(Record part) throws JsonProcessingException {
        return CANONICAL.writeValueAsString(part).getBytes(StandardCharsets.UTF_8);
    }
}
