package io.renderfleet.api.admin;

import io.renderfleet.job.JobRecovery;

/**
 * What to do with a dead letter next. Pure: first by its cause, and where that leaves the job to be ended, by what
 * ending it said. Nothing is deleted that somebody may still need, and nothing is sent for a job that was not seen
 * FAILED under the very route epoch that the letter carries.
 */
enum RedriveStep {
    /** Make sure that the job has failed with this letter, which it may have already. */
    END_JOB,
    /** Open the job again and send it. */
    RETRY,
    /** The letter stands for nothing. */
    DELETE,
    /** Not ours to decide, or not now. */
    KEEP;

    static RedriveStep of(LetterCause cause) {
        return switch (cause) {
            case WORKER_CRASH_LOOP, ROUTING_FAILED -> END_JOB;
            case OBSOLETE -> DELETE;
            case UNREADABLE, UNREADABLE_JOB, UNKNOWN_JOB -> KEEP;
        };
    }

    static RedriveStep of(JobRecovery.LetterOutcome verdict) {
        return switch (verdict) {
            case FAILED, FAILED_BEFORE -> RETRY;
            case OBSOLETE -> DELETE;
            case HELD, UNKNOWN -> KEEP;
        };
    }
}
