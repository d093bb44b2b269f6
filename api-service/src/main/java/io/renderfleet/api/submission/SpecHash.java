package io.renderfleet.api.submission;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A digest of what the client asked for, as given: two requests for one id are the same when it is. White space, the
 * order of fields and the id itself do not count, and neither does a field that was left out, so that a new optional
 * one does not turn yesterday's repeat into another request. The design counts by its name: a repeat is one also after
 * the name was given to another file.
 */
final class SpecHash {
    /** 128 bits: far beyond chance, and half the size in every item. */
    private static final int BYTES = 16;

    private static final ObjectWriter CANONICAL = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build()
            .writerFor(RenderRequest.class);

    private SpecHash() {}

    /** 32 lower-case hex digits. */
    static String of(RenderRequest request) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(CANONICAL.writeValueAsString(anonymous(request)).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (NoSuchAlgorithmException | JsonProcessingException e) {
            throw new IllegalStateException("a request has a JSON form and every JDK has SHA-256", e);
        }
    }

    private static RenderRequest anonymous(RenderRequest request) {
        return new RenderRequest(
                request.type(),
                null,
                request.designId(),
                request.userId(),
                request.camera(),
                request.output(),
                request.environment(),
                request.priority(),
                request.orderingKey(),
                request.regions(),
                request.startWithin(),
                request.timeout(),
                request.maxAttempts());
    }
}
