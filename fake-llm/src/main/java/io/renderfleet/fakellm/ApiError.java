package io.renderfleet.fakellm;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;

/** An error response. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient JsonNode body;
    private final transient Optional<Duration> retryAfter;

    ApiError(int status, JsonNode body, Optional<Duration> retryAfter) {
        super(status + " " + body, null, false, false);
        this.status = status;
        this.body = body;
        this.retryAfter = retryAfter;
    }

    int status() {
        return status;
    }

    JsonNode body() {
        return body;
    }

    /** The {@code Retry-After} header; at least a second. */
    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
