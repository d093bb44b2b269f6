package io.renderfleet.api.problem;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * Every problem this service names. A type is a stable URN, {@code urn:renderfleet:problem:<code>}: an identifier to
 * compare, not an address to fetch.
 */
public enum ProblemType {
    MALFORMED_JSON(HttpStatus.BAD_REQUEST, "The body is not valid JSON"),
    INVALID_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid"),
    FILTER_REQUIRED(HttpStatus.BAD_REQUEST, "A filter is required"),
    OPERATOR_TOKEN_REQUIRED(HttpStatus.UNAUTHORIZED, "This is for operators"),
    OPERATORS_ONLY(HttpStatus.FORBIDDEN, "This is for operators"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing here"),
    JOB_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such job"),
    UNKNOWN_REGION(HttpStatus.NOT_FOUND, "There is no such region"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The method is not allowed here"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "No acceptable form of the answer"),
    UPLOAD_TOO_SLOW(HttpStatus.REQUEST_TIMEOUT, "The upload took too long"),
    RESULT_NOT_READY(HttpStatus.CONFLICT, "The job has no result"),
    JOB_OVER(HttpStatus.CONFLICT, "The job is over"),
    NOT_RETRYABLE(HttpStatus.CONFLICT, "The job cannot be retried"),
    BODY_TOO_LARGE(HttpStatus.PAYLOAD_TOO_LARGE, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The media type is not supported"),
    DESIGN_NOT_FOUND(HttpStatus.UNPROCESSABLE_ENTITY, "There is no such design"),
    UNKNOWN_DESIGN(HttpStatus.NOT_FOUND, "There is no such design"),
    IDEMPOTENCY_CONFLICT(HttpStatus.UNPROCESSABLE_ENTITY, "The id stands for another request"),
    INVALID_DESIGN(HttpStatus.UNPROCESSABLE_ENTITY, "The design cannot be used"),
    RATE_LIMITED(HttpStatus.TOO_MANY_REQUESTS, "Too many jobs at once"),
    TOO_MANY_OPEN_JOBS(HttpStatus.TOO_MANY_REQUESTS, "Too many open jobs"),
    INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
    QUEUE_FULL(HttpStatus.SERVICE_UNAVAILABLE, "The queue is full"),
    QUEUE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The queue cannot be reached"),
    STORAGE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The storage cannot be reached"),
    BUSY(HttpStatus.SERVICE_UNAVAILABLE, "The service is busy");

    private static final String NAMESPACE = "urn:renderfleet:problem:";

    private final HttpStatus status;
    private final String title;

    ProblemType(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    public HttpStatus status() {
        return status;
    }

    public String title() {
        return title;
    }

    public URI uri() {
        return URI.create(NAMESPACE + name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /** {@code urn:renderfleet:problem:design:<code>}: a fault of a design, by the code that its reader gave. */
    static URI ofDesign(String code) {
        return URI.create(NAMESPACE + "design:" + code);
    }
}
