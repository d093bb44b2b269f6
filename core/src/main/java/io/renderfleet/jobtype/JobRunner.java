package io.renderfleet.jobtype;

import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;

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
     * What an attempt needs of the worker's heap. Reads the payload and nothing else.
     *
     * @throws UnreadablePayloadException when a newer worker may be able to read the payload
     */
    default MemoryNeed memory(JobPayload payload) {
        return MemoryNeed.NONE;
    }

    /**
     * Does the work, on a thread of its own.
     *
     * @param attempt to report progress to, and to ask whether to go on
     * @throws UnreadablePayloadException when a newer worker may be able to read the payload
     * @throws JobRejectedException when the job can never succeed; the attempt is charged and the job fails
     * @throws ThrottledException when it may succeed after a while; the attempt is not charged
     * @throws DeferredException when there is no capacity for it before some time; the attempt is not charged
     * @throws StoppedException when it stopped because it was told to
     * @throws Exception of any other kind when another attempt may succeed; the attempt is charged
     */
    JobOutput run(JobPayload payload, JobAttempt attempt) throws Exception;
}
