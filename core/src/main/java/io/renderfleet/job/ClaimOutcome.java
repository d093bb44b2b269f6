package io.renderfleet.job;

import java.time.Instant;

/** How a worker's claim ended: won, or the name of the race it lost. */
public sealed interface ClaimOutcome {

    /** The job is PROCESSING under the claimant's lease. */
    record Claimed(Job job) implements ClaimOutcome {}

    /** The job is over: delete the message. */
    record Terminal(JobStatus status) implements ClaimOutcome {}

    /** The message's route is older than the item's: delete it, the job was sent elsewhere. */
    record Superseded(int currentEpoch) implements ClaimOutcome {}

    /** Another worker holds the job: hide the message until then, and do not run it. */
    record LeaseLive(Instant until) implements ClaimOutcome {}

    /** The message's route is newer than the item's, which our code never writes: keep the message and look into it. */
    record FromTheFuture(int currentEpoch) implements ClaimOutcome {}

    /** The job of the same ordering key before this one is not over: try again later, from the queue's end. */
    record OutOfTurn(Job before) implements ClaimOutcome {}

    /** There is no such job. */
    record Unknown() implements ClaimOutcome {}
}
