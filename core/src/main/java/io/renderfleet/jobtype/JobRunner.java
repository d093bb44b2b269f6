package io.renderfleet.jobtype;

import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import java.io.IOException;

/**
 * Does one kind of work in a worker. It knows nothing of leases, queues or attempts. A type is a bean of this interface;
 * {@link JobRunners} finds it.
 *
 * <p>Thread-safe: each slot of a worker calls {@link #run} on its own thread.
 */
public interface JobRunner {

    /** The jobs it runs. */
    JobTypeName type();

    /**
     * Does the work.
     *
     * @param run to report progress to, and to ask whether to go on
     * @throws UnreadablePayloadException when a newer worker may be able to read the payload
     * @throws JobRejectedException when the job can never succeed
     * @throws StoppedException when it stopped because it was told to
     * @throws IOException or any other exception when another attempt may succeed
     */
    JobOutput run(JobPayload payload, Run run) throws IOException;

    /** The work's line to the outside. */
    interface Run {
        /** How much is done, 0 to 1. Cheap, from any thread. */
        void progress(double fraction);

        /** Whether to stop now. Cheap, from any thread. */
        boolean isStopped();
    }
}
