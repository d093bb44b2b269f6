package io.renderfleet.distributor.intake;

import io.renderfleet.queue.JobMessage;
import io.renderfleet.region.RegionId;

/** The decision about a received message. */
sealed interface RoutingDecision {

    /** The route is written. Send this message to the region, then delete the received one. */
    record Forward(RegionId region, JobMessage message) implements RoutingDecision {}

    /** The job does not need the message. Delete it. */
    record Skip(SkipReason reason) implements RoutingDecision {}

    /** The message stays on its queue and is tried again. */
    record Leave(LeaveReason reason) implements RoutingDecision {}

    /** Why a message needs no forwarding. */
    enum SkipReason {
        /** The job is over. */
        TERMINAL,
        /** The job has a newer message or is being processed. */
        SUPERSEDED
    }

    /** Why a message could not be forwarded. */
    enum LeaveReason {
        /** Every region in which the job may run is full, drained or unreachable. */
        NO_ROOM(false),
        /** The message could not be sent to its region. */
        NOT_FORWARDED(false),
        /** The job store did not respond. */
        STORE_UNAVAILABLE(false),
        /** Another distributor is routing the same job. */
        CONTENDED(false),
        /** A worker of a drained region holds the job. */
        HELD(false),
        /** The job does not exist. */
        UNKNOWN_JOB(true),
        /** The job caused an unexpected error. */
        UNPROCESSABLE(true);

        private final boolean ownFault;

        LeaveReason(boolean ownFault) {
            this.ownFault = ownFault;
        }

        /**
         * Whether the message itself is at fault. Its receipts then count, and after ten of them it becomes a dead
         * letter.
         */
        boolean isOwnFault() {
            return ownFault;
        }
    }
}
