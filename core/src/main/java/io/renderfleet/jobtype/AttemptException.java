package io.renderfleet.jobtype;

import io.renderfleet.job.JobError;
import java.time.Duration;
import java.time.Instant;

/**
 * How a runner ends an attempt without an output, other than by an error. Any other exception counts as an error: the
 * attempt is charged, and the job is tried again until it has no attempts left.
 *
 * <ul>
 *   <li>{@link JobRejectedException}: the job can never succeed; it fails.
 *   <li>{@link ThrottledException}: the job is tried again after a while; the attempt is not charged.
 *   <li>{@link DeferredException}: the job is sent again at a given time; the attempt is not charged.
 *   <li>{@link UnreadablePayloadException}: the job is left to a newer worker; the attempt is not charged.
 *   <li>{@link StoppedException}: the attempt stopped because {@link JobAttempt#isStopped} is true.
 * </ul>
 */
public abstract sealed class AttemptException extends RuntimeException {
    private AttemptException(String message) {
        super(message);
    }

    private AttemptException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The job cannot succeed, however often it is tried. The attempt is charged, and the job fails with this error. */
    public static final class JobRejectedException extends AttemptException {
        private final transient JobError error;

        public JobRejectedException(JobError error) {
            super(error.code() + ": " + error.message());
            this.error = error;
        }

        public JobRejectedException(JobError error, Throwable cause) {
            super(error.code() + ": " + error.message(), cause);
            this.error = error;
        }

        public JobError error() {
            return error;
        }
    }

    /** A service that the job needs asked for fewer calls. The job is tried again later; the attempt is not charged. */
    public static final class ThrottledException extends AttemptException {
        private final Duration retryAfter;

        /**
         * @param retryAfter the shortest wait; more than 15 minutes counts as that. Zero lets the worker choose: it
         *     waits longer after each throttled attempt in a row.
         */
        public ThrottledException(String message, Duration retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /**
     * There is no capacity for the job before a certain time. The job is sent again at that time; the attempt is not
     * charged. Until then the job counts neither as running nor as backlog, so that no workers are started for it.
     */
    public static final class DeferredException extends AttemptException {
        private final transient Instant until;

        public DeferredException(String message, Instant until) {
            super(message);
            this.until = until;
        }

        public Instant until() {
            return until;
        }
    }

    /**
     * This worker cannot read the job's payload, but a newer one may. The job is released; the attempt is not charged.
     */
    public static final class UnreadablePayloadException extends AttemptException {
        public UnreadablePayloadException(String message) {
            super(message);
        }
    }

    /** The attempt stopped because {@link JobAttempt#isStopped} is true. */
    public static final class StoppedException extends AttemptException {
        public StoppedException() {
            super("stopped");
        }
    }
}
