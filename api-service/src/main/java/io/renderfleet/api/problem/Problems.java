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
 * Problem details as RFC 9457 writes them, with {@code errors} where input is at fault and {@code traceId} where we
 * are. The text of an exception that is not ours never gets into one.
 */
public final class Problems {
    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final Duration STORAGE_RETRY_AFTER = Duration.ofSeconds(2);

    private static final PassingFailure PASSING = new PassingFailure();

    private Problems() {}

    /** What the client is told about a failure; what it is not told is logged here. */
    public static ProblemException translate(Throwable failure) {
        if (failure instanceof ProblemException problem) {
            return problem;
        }
        if (failure instanceof SdkException aws && isPassing(aws)) {
            log.warn("AWS does not answer: {}", aws.getMessage());
            return ProblemException.unavailable(
                    ProblemType.STORAGE_UNAVAILABLE,
                    "The storage behind this service does not answer. Send the same request again after Retry-After.",
                    STORAGE_RETRY_AFTER,
                    aws);
        }
        if (failure instanceof UnreadableJobException unreadable) {
            log.warn("A newer version of the service wrote a job: update this one: {}", unreadable.getMessage());
            return ProblemException.of(
                    ProblemType.JOB_UNREADABLE,
                    "The job is stored and this version of the service cannot read it, because a newer version wrote it."
                            + " Ask the operator to update the service, and send the same request again then.");
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

    /** Whether a table or a bucket is away for a moment; one that refuses us for good is a fault of ours. */
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
