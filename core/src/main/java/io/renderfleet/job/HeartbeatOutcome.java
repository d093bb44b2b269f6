package io.renderfleet.job;

/** What a worker learns when it renews its lease. */
public enum HeartbeatOutcome {
    /** Go on. */
    RENEWED,
    /** Somebody wants the job stopped: the lease is renewed so that the worker can say that it did. */
    CANCEL_REQUESTED,
    /** The job is another's, or over: stop at once, discard the work, leave the message alone. */
    LEASE_LOST
}
