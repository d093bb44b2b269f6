package io.renderfleet.chaos;

import java.time.Duration;
import java.util.List;

/**
 * One request of a client and how the client sends it.
 *
 * @param at when it is sent, counted from the start of the run
 * @param jobs exactly one, or at least one when they are sent as a batch
 * @param firstTimeout how long a client of {@link Manner#RESENT} waits for the first answer
 */
record Submission(Duration at, List<PlannedJob> jobs, boolean batch, Manner manner, Duration firstTimeout) {
    Submission {
        jobs = List.copyOf(jobs);
        if (jobs.isEmpty() || (!batch && jobs.size() != 1)) {
            throw new IllegalArgumentException("a submission has one job, or is a batch with at least one");
        }
    }

    /** How a client sends a request. */
    enum Manner {
        /** Once; it is repeated only when it fails. */
        PLAIN,
        /** Twice at the same time. */
        TWICE,
        /** Once with a timeout that is shorter than most answers take, and then a second time. */
        RESENT
    }
}
