package io.renderfleet.api.admin;

import io.renderfleet.job.JobRecovery;

/**
 * The next step of a redrive. Pure: the step follows from the letter's cause, and after {@link #END_JOB} from the
 * outcome of ending the job. A letter is deleted only when its job does not need it, and a job is sent again only when
 * it is FAILED with the route epoch of the letter.
 */
enum RedriveStep {
    /** End the job as FAILED, unless it has failed already. */
    END_JOB,
    /** Reopen the job and send its message. */
    RETRY,
    /** Delete the letter, which is obsolete. */
    DELETE,
    /** Keep the letter: it is not a message of this system, its job is unknown, or a worker holds the job. */
    KEEP;

    static RedriveStep of(DeadLetterCause cause) {
        return switch (cause) {
            case WORKER_CRASH_LOOP, ROUTING_FAILED -> END_JOB;
            case OBSOLETE -> DELETE;
            case UNREADABLE, UNREADABLE_JOB, UNKNOWN_JOB -> KEEP;
        };
    }

    static RedriveStep of(JobRecovery.LetterOutcome outcome) {
        return switch (outcome) {
            case FAILED, FAILED_BEFORE -> RETRY;
            case OBSOLETE -> DELETE;
            case HELD, UNKNOWN -> KEEP;
        };
    }
}
