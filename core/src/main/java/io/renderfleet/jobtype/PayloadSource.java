package io.renderfleet.jobtype;

import io.renderfleet.job.JobPayload;
import io.renderfleet.problem.ProblemException;

/** Makes the payload of a checked request, once the job has been admitted. */
@FunctionalInterface
public interface PayloadSource {
    /**
     * The payload. May look up what the request refers to.
     *
     * @throws ProblemException when the request refers to something that is not there
     */
    JobPayload payload();
}
