package io.renderfleet.chaos;

import java.time.Duration;
import java.util.List;

/**
 * One client's request, and how it treats the answer.
 *
 * @param at when it is sent, counted from the start of the run
 * @param jobs one, or several that travel as a batch
 * @param patience how long the client waits for the first answer; only {@link Manner#IMPATIENT} ones give up so soon
 */
record Submission(Duration at, List<PlannedJob> jobs, boolean batch, Manner manner, Duration patience) {
    Submission {
        jobs = List.copyOf(jobs);
        if (jobs.isEmpty() || (!batch && jobs.size() != 1)) {
            throw new IllegalArgumentException("one job travels alone, and some as a batch");
        }
    }

    /** How a client sends a request. */
    enum Manner {
        /** Once, and again only when it failed. */
        PLAIN,
        /** Twice at the same time. */
        TWICE,
        /** Gives up before the answer may be there, and sends it again. */
        IMPATIENT
    }
}
