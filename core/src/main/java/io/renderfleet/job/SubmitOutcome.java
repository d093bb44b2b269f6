package io.renderfleet.job;

/** How storing a new job ended. */
public sealed interface SubmitOutcome {

    /** The job is stored, PENDING. */
    record Stored() implements SubmitOutcome {}

    /** The id was there already, for the same submission: answer as the first time. */
    record Replayed(Job job) implements SubmitOutcome {}

    /** The id was there already, for another submission: nothing changed. */
    record Conflicting() implements SubmitOutcome {}

    /**
     * Other jobs of the same ordering key were being stored at that moment, and this one was not: try again after a
     * random pause. Never without an ordering key.
     */
    record Contended() implements SubmitOutcome {}
}
