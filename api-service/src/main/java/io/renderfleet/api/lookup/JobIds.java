package io.renderfleet.api.lookup;

import io.renderfleet.job.JobId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;

/** Reads job ids from paths. */
public final class JobIds {
    private JobIds() {}

    /** Parses an id; throws {@link #unknown} when the text is not a UUID, as for an id of no job. */
    public static JobId read(String text) {
        try {
            return JobId.of(text);
        } catch (IllegalArgumentException e) {
            throw unknown();
        }
    }

    /** The problem {@code job-not-found}. */
    public static ProblemException unknown() {
        return ProblemException.of(
                ProblemType.JOB_NOT_FOUND,
                "No job has this id. Use the id that POST /jobs returned. Finished jobs are deleted after a limited"
                        + " time.");
    }
}
