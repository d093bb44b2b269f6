package io.renderfleet.api.lookup;

import io.renderfleet.identity.Audit;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobStore;
import org.springframework.stereotype.Component;

/** Looks up jobs for callers. A job that the caller may not see looks like one that does not exist. */
@Component
public class VisibleJobs {
    private final JobStore jobs;

    VisibleJobs(JobStore jobs) {
        this.jobs = jobs;
    }

    /**
     * The job with the id in a path.
     *
     * @throws io.renderfleet.problem.ProblemException {@code job-not-found}
     */
    public Job find(String jobId, Caller caller) {
        Job job = jobs.find(JobIds.read(jobId))
                .filter(found -> caller.sees(found.userId()))
                .orElseThrow(JobIds::unknown);
        Audit.actedFor(caller, job.userId());
        return job;
    }
}
