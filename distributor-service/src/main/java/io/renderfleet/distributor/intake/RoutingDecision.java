package io.renderfleet.distributor.intake;

import io.renderfleet.queue.JobMessage;
import io.renderfleet.region.RegionId;

/** What is to happen to a received message. */
sealed interface RoutingDecision {

    /** Its route is written: send this to the region, and delete the received message once that is done. */
    record Forward(RegionId region, JobMessage message) implements RoutingDecision {}

    /** Nothing is left to do for it: delete it. */
    record Skip(SkipReason reason) implements RoutingDecision {}

    /** It stays on the master queue. */
    record Leave(LeaveReason reason) implements RoutingDecision {}

    /** Why a message needs no forwarding. */
    enum SkipReason {
        /** The job is over. */
        TERMINAL,
        /** The job has moved on without this message. */
        SUPERSEDED
    }

    /** Why a message could not go on. */
    enum LeaveReason {
        /** Every region that the job may run in is full or away. */
        NO_ROOM(false),
        /** Its region did not take it. */
        NOT_FORWARDED(false),
        /** The job store did not answer. */
        STORE_UNAVAILABLE(false),
        /** Another distributor is routing the same job. */
        CONTENDED(false),
        /** A worker of a drained region still works on it. */
        HELD(false),
        /** There is no such job. */
        UNKNOWN_JOB(true),
        /** Its job cannot be worked with, for whatever reason: not seen yet. */
        UNPROCESSABLE(true);

        private final boolean ownFault;

        LeaveReason(boolean ownFault) {
            this.ownFault = ownFault;
        }

        /** Whether it is the message's own fault: then its receipts count, and lead to the dead-letter queue. */
        boolean isOwnFault() {
            return ownFault;
        }
    }
}
