package io.renderfleet.worker.execution;

import io.renderfleet.job.JobSpec;
import java.io.IOException;

/** Does one kind of work. It knows nothing of leases, queues or attempts. */
public interface JobRunner {

    /** Whether this runner does such work. */
    boolean runs(JobSpec spec);

    /**
     * Does the work.
     *
     * @param run to report progress to, and to ask whether to go on
     * @throws JobRejectedException when the job can never succeed
     * @throws StoppedException when it stopped because it was told to
     * @throws IOException or any other exception when another attempt may succeed
     */
    JobOutput run(JobSpec spec, Run run) throws IOException;

    /** The work's line to the outside. */
    interface Run {
        /** How much is done, 0 to 1. Cheap, from any thread. */
        void progress(double fraction);

        /** Whether to stop now. Cheap, from any thread. */
        boolean isStopped();
    }
}
