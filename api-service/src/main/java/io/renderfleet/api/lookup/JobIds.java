package io.renderfleet.api.lookup;

import io.renderfleet.job.JobId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;

/** Ids of jobs as they stand in paths. */
public final class JobIds {
    private JobIds() {}

    /** Text that is no id names no job: {@link #unknown} as for an id that nobody was given. */
    public static JobId read(String text) {
        try {
            return JobId.of(text);
        } catch (IllegalArgumentException e) {
            throw unknown();
        }
    }

    public static ProblemException unknown() {
        return ProblemException.of(
                ProblemType.JOB_NOT_FOUND,
                "No job has this id. Ids are UUIDs, as POST /jobs answers them, and jobs are kept for a limited time.");
    }
}
