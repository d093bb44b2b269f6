package io.renderfleet.client;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Problem details (RFC 9457), as the API answers when it does not do what was asked.
 *
 * @param type a stable identifier, such as {@code urn:renderfleet:problem:rate-limited}, to decide by
 * @param status the HTTP status
 * @param detail what is wrong with this request and what to do
 * @param errors the fields at fault; empty when no field is
 * @param traceId identifies the request in the logs of the services; only for server errors
 */
public record Problem(
        URI type,
        @Nullable String title,
        int status,
        @Nullable String detail,
        List<FieldError> errors,
        @Nullable String traceId) {
    /** The type of a problem whose answer names none. */
    public static final URI BLANK = URI.create("about:blank");

    /**
     * One field of a request that is at fault.
     *
     * @param field its path, such as {@code camera.position.x}
     * @param message what the field must be
     */
    public record FieldError(String field, String message) {}

    // An absent property is null here, whatever the annotations of the components say.
    @SuppressWarnings("NullAway")
    public Problem {
        type = type == null ? BLANK : type;
        errors = errors == null ? List.of() : List.copyOf(errors);
    }

    /** Whether the same request may succeed later: the API is busy or failed, and the request was not at fault. */
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
