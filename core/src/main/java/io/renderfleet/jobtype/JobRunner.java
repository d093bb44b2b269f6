package io.renderfleet.jobtype;

import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.AttemptException.DeferredException;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.AttemptException.ThrottledException;
import io.renderfleet.jobtype.AttemptException.UnreadablePayloadException;
import java.nio.file.Path;

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

    /**
     * What a job made: a file, usually in {@link JobAttempt#scratch}, so that nothing needs the whole of it in memory.
     *
     * @param file is read once the runner has returned
     * @param extension of the result's name, without a dot
     */
    record JobOutput(Path file, String extension, String contentType) {}

    /**
     * The heap that an attempt takes beside what all attempts of a worker share. A worker starts an attempt when its budget has
     * room for it, and fails a job that its whole budget has no room for.
     *
     * @param bytes an estimate from above; 0 when it is too little to count
     * @param remedy what to ask less of, as a sentence for the user; empty when there is nothing
     */
    record MemoryNeed(long bytes, String remedy) {
        /** Too little to count. */
        public static final MemoryNeed NONE = new MemoryNeed(0, "");

        public MemoryNeed {
            if (bytes < 0) {
                throw new IllegalArgumentException("memory is never negative");
            }
        }
    }
}
