package io.renderfleet.worker.execution;

/** Why a running job was told to stop. */
enum StopReason {
    CANCEL_REQUESTED,
    LEASE_LOST,
    TIMED_OUT,
    LIMIT_EXCEEDED,
    SHUTDOWN
}
