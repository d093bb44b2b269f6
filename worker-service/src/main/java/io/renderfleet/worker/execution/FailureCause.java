package io.renderfleet.worker.execution;

import io.renderfleet.job.JobError;
import io.renderfleet.jobtype.DeferredException;
import io.renderfleet.jobtype.JobRejectedException;
import io.renderfleet.jobtype.ThrottledException;
import io.renderfleet.jobtype.UnreadablePayloadException;
import io.renderfleet.region.PassingFailure;
import java.time.Duration;
import java.time.Instant;

/** Why an attempt broke off that nobody had told to stop. Decided once, here, from what was thrown. */
sealed interface FailureCause {
    /** How deep a cause is looked for: what wraps deeper than that has a loop in it. */
    int MAX_DEPTH = 10;

    /** The job itself: no attempt can succeed. */
    record Permanent(JobError error) implements FailureCause {}

    /**
     * AWS, or something else that the job needs, asked for fewer calls: nobody's fault.
     *
     * @param retryAfter the least wait; zero when it was not said
     */
    record Throttled(Duration retryAfter) implements FailureCause {}

    /** There is no capacity for the job before some time. */
    record Deferred(Instant until) implements FailureCause {}

    /** The payload is not for this worker: a newer one may read it. */
    record NotForThisWorker(String reason) implements FailureCause {}

    /** Anything else, ours or AWS's: another attempt may succeed, and none must be free, or a poison job never ends. */
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
            // DynamoDB's throughput errors, also in a transaction, and S3's SlowDown are among them.
            if (PassingFailure.isThrottled(cause)) {
                return new Throttled(Duration.ZERO);
            }
        }
        return new Transient();
    }
}
