package io.renderfleet.worker.execution;

import io.renderfleet.job.JobError;
import io.renderfleet.jobtype.AttemptException.DeferredException;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.AttemptException.ThrottledException;
import io.renderfleet.jobtype.AttemptException.UnreadablePayloadException;
import io.renderfleet.region.PassingFailure;
import java.time.Duration;
import java.time.Instant;

/** Why an attempt failed that was not stopped, derived from the exception of the runner. */
sealed interface FailureCause {
    /** The largest depth at which causes are examined, which also ends a search through a cyclic chain. */
    int MAX_DEPTH = 10;

    /** The job cannot succeed in any attempt. */
    record Permanent(JobError error) implements FailureCause {}

    /**
     * AWS, or another service that the job needs, throttled a request. The attempt is not charged.
     *
     * @param retryAfter the shortest time to wait before the next attempt; zero if the service did not name one
     */
    record Throttled(Duration retryAfter) implements FailureCause {}

    /** There is no capacity for the job before the given time. */
    record Deferred(Instant until) implements FailureCause {}

    /** This worker cannot read the payload; a newer version may. */
    record NotForThisWorker(String reason) implements FailureCause {}

    /** The heap was too small. The attempt is charged, and the job is tried once more, because other jobs use it too. */
    record OutOfMemory() implements FailureCause {}

    /** Any other failure. Another attempt may succeed; each is charged, so that a job that always fails ends. */
    record Transient() implements FailureCause {}

    static FailureCause of(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++, cause = cause.getCause()) {
            if (cause instanceof JobRejectedException rejected) {
                return new Permanent(rejected.error());
            }
            if (cause instanceof ThrottledException throttled) {
                return new Throttled(throttled.retryAfter());
            }
            if (cause instanceof DeferredException deferred) {
                return new Deferred(deferred.until());
            }
            if (cause instanceof UnreadablePayloadException unreadable) {
                return new NotForThisWorker(String.valueOf(unreadable.getMessage()));
            }
            if (cause instanceof OutOfMemoryError) {
                return new OutOfMemory();
            }
            // Includes the throughput errors of DynamoDB, also in a transaction, and SlowDown of S3.
            if (PassingFailure.isThrottled(cause)) {
                return new Throttled(Duration.ZERO);
            }
        }
        return new Transient();
    }
}
