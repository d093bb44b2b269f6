package io.renderfleet.worker.execution;

/** Why a running attempt was stopped. */
enum StopReason {
    CANCEL_REQUESTED,
    LEASE_LOST,
    TIMED_OUT,
    LIMIT_EXCEEDED,
    SHUTDOWN
}
