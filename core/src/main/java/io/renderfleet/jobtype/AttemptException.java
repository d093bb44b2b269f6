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
 *   <li>{@link StoppedException}: the attempt was told to stop, and did.
 * </ul>
 */
public abstract sealed class AttemptException extends RuntimeException {
    private AttemptException(String message) {
        super(message);
    }

    private AttemptException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The job itself is at fault: every attempt would end like this. */
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

    /** Something that the job needs asked for fewer calls. The job is tried again after a while, at no charge. */
    public static final class ThrottledException extends AttemptException {
        private final Duration retryAfter;

        /** @param retryAfter the least wait, of which at most 15 minutes are waited; zero to leave it to the worker, which waits longer each time in a row */
        public ThrottledException(String message, Duration retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /**
     * There is no capacity for the job before some time. The job is sent again then, at no charge; until then it counts
     * neither as running nor as a backlog that more workers could work off.
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

    /** This worker cannot read a job's payload. A newer one may: the job is released at no charge. */
    public static final class UnreadablePayloadException extends AttemptException {
        public UnreadablePayloadException(String message) {
            super(message);
        }
    }

    /** The work stopped because it was told to. */
    public static final class StoppedException extends AttemptException {
        public StoppedException() {
            super("stopped");
        }
    }
}
