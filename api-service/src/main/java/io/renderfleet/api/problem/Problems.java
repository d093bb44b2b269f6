package io.renderfleet.api.problem;

import io.renderfleet.job.UnreadableJobException;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.region.PassingFailure;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.http.ProblemDetail;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Creates problem details (RFC 9457): with {@code errors} when fields of the request are not valid, and with
 * {@code traceId} for server errors. The message of an unexpected exception is never sent to the client.
 */
public final class Problems {
    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final Duration STORAGE_RETRY_AFTER = Duration.ofSeconds(2);

    private static final PassingFailure PASSING = new PassingFailure();

    private Problems() {}

    /** Translates any failure to the problem that the client gets. Details that the client does not get are logged. */
    public static ProblemException translate(Throwable failure) {
        if (failure instanceof ProblemException problem) {
            return problem;
        }
        if (failure instanceof SdkException aws && isPassing(aws)) {
            log.warn("A call to DynamoDB or S3 failed; the client was asked to retry: {}", aws.getMessage());
            return ProblemException.unavailable(
                    ProblemType.STORAGE_UNAVAILABLE,
                    "The storage of this service did not respond. Send the same request again after Retry-After.",
                    STORAGE_RETRY_AFTER,
                    aws);
        }
        if (failure instanceof UnreadableJobException unreadable) {
            log.warn(
                    "Cannot read the record of a job. If a newer version wrote it, update this service: {}",
                    unreadable.getMessage());
            return ProblemException.of(
                    ProblemType.JOB_UNREADABLE,
                    "The job is stored, but this version of the service cannot read it. Usually a newer version wrote"
                            + " it: ask the operator to update the service, then send the same request again.");
        }
        log.error("A request failed unexpectedly", failure);
        return ProblemException.unexpected(failure);
    }

    /** The problem of an exception, without an instance. */
    public static ProblemDetail of(ProblemException e) {
        return detail(e.type(), e.getMessage(), e.errors());
    }

    static ProblemDetail of(ProblemType type, String detail) {
        return detail(type, detail, List.of());
    }

    /** Whether the failure is temporary. A call that AWS refuses permanently is an error of this service. */
    private static boolean isPassing(SdkException e) {
        return e instanceof SdkClientException || PASSING.test(e);
    }

    private static ProblemDetail detail(ProblemType type, String detail, List<FieldError> errors) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(type.status(), detail);
        problem.setType(type.uri());
        problem.setTitle(type.title());
        if (!errors.isEmpty()) {
            problem.setProperty("errors", errors);
        }
        if (type.status().is5xxServerError()) {
            problem.setProperty("traceId", MDC.get(Trace.MDC_KEY));
        }
        return problem;
    }
}
