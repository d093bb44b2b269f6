package io.renderfleet.client;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The problem details (RFC 9457) with which the API answers a request that it refused or that failed.
 *
 * @param type a stable identifier, such as {@code urn:renderfleet:problem:rate-limited}; compare this in code
 * @param status the HTTP status
 * @param detail what is wrong with this request and what to do
 * @param errors the fields that are not valid; may be empty
 * @param traceId identifies the request in the logs of the services; only for server errors
 */
public record Problem(
        URI type,
        @Nullable String title,
        int status,
        @Nullable String detail,
        List<FieldError> errors,
        @Nullable String traceId) {
    /** The type of a response that has no problem details. */
    public static final URI BLANK = URI.create("about:blank");

    /**
     * A field of a request that is not valid.
     *
     * @param field the path of the field, such as {@code camera.position.x}
     * @param message what is wrong with the field; completes a sentence that begins with the field
     */
    public record FieldError(String field, String message) {}

    // Jackson passes null for an absent property, whatever the annotations of the components say.
    @SuppressWarnings("NullAway")
    public Problem {
        type = type == null ? BLANK : type;
        errors = errors == null ? List.of() : List.copyOf(errors);
    }

    /** Whether the same request may succeed later, because the API is busy or failed: 429, 500, 502, 503 or 504. */
    public boolean isTransient() {
        return RetryPolicy.isTransient(status);
    }

    @Override
    public String toString() {
        String fields = errors.stream()
                .map(error -> " " + error.field() + " " + error.message() + ".")
                .collect(Collectors.joining());
        String trace = traceId == null ? "" : " Trace id: " + traceId + ".";
        return status + " " + (title == null ? type : title) + (detail == null ? "" : ": " + detail) + fields + trace;
    }
}
