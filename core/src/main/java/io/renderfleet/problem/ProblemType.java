package io.renderfleet.problem;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;

/**
 * A type of problem in the answers of the API (RFC 9457, section 3.1.1). It is identified by a stable URN,
 * {@code urn:renderfleet:problem:<code>}, which does not resolve to a document. Job types define their own.
 *
 * @param code lower-case words joined by hyphens, optionally after a prefix such as {@code design:}
 * @param title a short summary, the same for each occurrence
 */
public record ProblemType(String code, HttpStatus status, String title) {
    private static final String NAMESPACE = "urn:renderfleet:problem:";
    // Initialized before the types, whose constructor uses it.
    private static final Pattern CODE = Pattern.compile("([a-z]+:)?[a-z0-9]+(-[a-z0-9]+)*");

    public static final ProblemType MALFORMED_JSON =
            new ProblemType("malformed-json", HttpStatus.BAD_REQUEST, "The body is not valid JSON");
    public static final ProblemType INVALID_REQUEST =
            new ProblemType("invalid-request", HttpStatus.BAD_REQUEST, "The request is not valid");
    public static final ProblemType FILTER_REQUIRED =
            new ProblemType("filter-required", HttpStatus.BAD_REQUEST, "A filter is required");
    public static final ProblemType TOKEN_REQUIRED =
            new ProblemType("token-required", HttpStatus.UNAUTHORIZED, "A token is required");
    public static final ProblemType INVALID_TOKEN =
            new ProblemType("invalid-token", HttpStatus.UNAUTHORIZED, "The token is not valid");
    public static final ProblemType ROLE_REQUIRED =
            new ProblemType("role-required", HttpStatus.FORBIDDEN, "The token lacks a role");
    public static final ProblemType OPERATORS_ONLY =
            new ProblemType("operators-only", HttpStatus.FORBIDDEN, "Only operators may do this");
    public static final ProblemType OTHER_USER =
            new ProblemType("other-user", HttpStatus.FORBIDDEN, "Only operators may act for other users");
    public static final ProblemType CROSS_SITE_REQUEST =
            new ProblemType("cross-site-request", HttpStatus.FORBIDDEN, "Pages of other web sites may not do this");
    public static final ProblemType NOT_FOUND =
            new ProblemType("not-found", HttpStatus.NOT_FOUND, "The address does not exist");
    public static final ProblemType JOB_NOT_FOUND =
            new ProblemType("job-not-found", HttpStatus.NOT_FOUND, "The job does not exist");
    public static final ProblemType BATCH_NOT_FOUND =
            new ProblemType("batch-not-found", HttpStatus.NOT_FOUND, "The batch does not exist");
    public static final ProblemType ARTIFACT_NOT_FOUND =
            new ProblemType("artifact-not-found", HttpStatus.NOT_FOUND, "The job has no such artifact");
    public static final ProblemType UNKNOWN_REGION =
            new ProblemType("unknown-region", HttpStatus.NOT_FOUND, "The region does not exist");
    public static final ProblemType ALERT_RULE_NOT_FOUND =
            new ProblemType("alert-rule-not-found", HttpStatus.NOT_FOUND, "The alert rule does not exist");
    public static final ProblemType WEBHOOK_NOT_FOUND =
            new ProblemType("webhook-not-found", HttpStatus.NOT_FOUND, "The user has no webhook");
    public static final ProblemType METHOD_NOT_ALLOWED = new ProblemType(
            "method-not-allowed", HttpStatus.METHOD_NOT_ALLOWED, "The method is not allowed for this address");
    public static final ProblemType NOT_ACCEPTABLE =
            new ProblemType("not-acceptable", HttpStatus.NOT_ACCEPTABLE, "No acceptable media type is available");
    public static final ProblemType UPLOAD_TOO_SLOW =
            new ProblemType("upload-too-slow", HttpStatus.REQUEST_TIMEOUT, "The upload took too long");
    public static final ProblemType RESULT_NOT_READY =
            new ProblemType("result-not-ready", HttpStatus.CONFLICT, "The job has no result");
    public static final ProblemType JOB_OVER = new ProblemType("job-over", HttpStatus.CONFLICT, "The job is over");
    public static final ProblemType NOT_RETRYABLE =
            new ProblemType("not-retryable", HttpStatus.CONFLICT, "The job cannot be retried");
    public static final ProblemType RESULT_GONE =
            new ProblemType("result-gone", HttpStatus.GONE, "The result is no longer stored");
    public static final ProblemType ARTIFACT_GONE =
            new ProblemType("artifact-gone", HttpStatus.GONE, "The artifact is no longer stored");
    public static final ProblemType BODY_TOO_LARGE =
            new ProblemType("body-too-large", HttpStatus.PAYLOAD_TOO_LARGE, "The body is too large");
    public static final ProblemType UNSUPPORTED_MEDIA_TYPE = new ProblemType(
            "unsupported-media-type", HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The media type is not supported");
    public static final ProblemType IDEMPOTENCY_CONFLICT = new ProblemType(
            "idempotency-conflict",
            HttpStatus.UNPROCESSABLE_ENTITY,
            "The id was already used with a different request");
    public static final ProblemType RATE_LIMITED =
            new ProblemType("rate-limited", HttpStatus.TOO_MANY_REQUESTS, "Too many jobs in a short time");
    public static final ProblemType TOO_MANY_OPEN_JOBS =
            new ProblemType("too-many-open-jobs", HttpStatus.TOO_MANY_REQUESTS, "Too many open jobs");
    public static final ProblemType INTERNAL_ERROR =
            new ProblemType("internal-error", HttpStatus.INTERNAL_SERVER_ERROR, "An unexpected error occurred");
    public static final ProblemType JOB_UNREADABLE =
            new ProblemType("job-unreadable", HttpStatus.INTERNAL_SERVER_ERROR, "The job cannot be read");
    public static final ProblemType FILE_UNREACHABLE =
            new ProblemType("file-unreachable", HttpStatus.INTERNAL_SERVER_ERROR, "The file cannot be reached");
    public static final ProblemType QUEUE_FULL =
            new ProblemType("queue-full", HttpStatus.SERVICE_UNAVAILABLE, "The queue is full");
    public static final ProblemType QUEUE_UNAVAILABLE =
            new ProblemType("queue-unavailable", HttpStatus.SERVICE_UNAVAILABLE, "The queue is not available");
    public static final ProblemType STORAGE_UNAVAILABLE =
            new ProblemType("storage-unavailable", HttpStatus.SERVICE_UNAVAILABLE, "The storage is not available");
    public static final ProblemType ISSUER_UNAVAILABLE =
            new ProblemType("issuer-unavailable", HttpStatus.SERVICE_UNAVAILABLE, "The token cannot be checked");
    public static final ProblemType ORDERING_KEY_BUSY =
            new ProblemType("ordering-key-busy", HttpStatus.SERVICE_UNAVAILABLE, "The ordering key is busy");
    public static final ProblemType BUSY =
            new ProblemType("busy", HttpStatus.SERVICE_UNAVAILABLE, "The service is busy");

    /** The problem types of the API itself, without those of the job types. */
    public static final List<ProblemType> GENERAL = List.of(
            MALFORMED_JSON,
            INVALID_REQUEST,
            FILTER_REQUIRED,
            TOKEN_REQUIRED,
            INVALID_TOKEN,
            ROLE_REQUIRED,
            OPERATORS_ONLY,
            OTHER_USER,
            CROSS_SITE_REQUEST,
            NOT_FOUND,
            JOB_NOT_FOUND,
            BATCH_NOT_FOUND,
            ARTIFACT_NOT_FOUND,
            UNKNOWN_REGION,
            ALERT_RULE_NOT_FOUND,
            WEBHOOK_NOT_FOUND,
            METHOD_NOT_ALLOWED,
            NOT_ACCEPTABLE,
            UPLOAD_TOO_SLOW,
            RESULT_NOT_READY,
            JOB_OVER,
            NOT_RETRYABLE,
            RESULT_GONE,
            ARTIFACT_GONE,
            BODY_TOO_LARGE,
            UNSUPPORTED_MEDIA_TYPE,
            IDEMPOTENCY_CONFLICT,
            RATE_LIMITED,
            TOO_MANY_OPEN_JOBS,
            INTERNAL_ERROR,
            JOB_UNREADABLE,
            FILE_UNREACHABLE,
            QUEUE_FULL,
            QUEUE_UNAVAILABLE,
            STORAGE_UNAVAILABLE,
            ISSUER_UNAVAILABLE,
            ORDERING_KEY_BUSY,
            BUSY);

    public ProblemType {
        if (!CODE.matcher(code).matches()) {
            throw new IllegalArgumentException("The code of a problem type is invalid: " + code);
        }
    }

    public URI uri() {
        return URI.create(NAMESPACE + code);
    }
}
