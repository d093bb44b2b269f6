package io.renderfleet.jobtype;

import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.AttemptException.DeferredException;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.AttemptException.ThrottledException;
import io.renderfleet.jobtype.AttemptException.UnreadablePayloadException;
import io.renderfleet.pool.PoolName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Runs the jobs of one type in a worker. It does not handle leases, queues or retries. Each runner is a bean;
 * {@link JobRunners} finds it.
 *
 * <p>Thread-safe: each slot of a worker calls {@link #run} on its own thread.
 */
public interface JobRunner {

    /** The type of the jobs that this runner runs. */
    JobTypeName type();

    /**
     * The pool of this runner's jobs, if none of them can be run now because something that all of them need has no
     * capacity. While it is closed, the worker receives no jobs of the pool, whatever their type. Asked about every
     * second; makes no calls.
     */
    default Optional<ClosedPool> closedPool() {
        return Optional.empty();
    }

    /**
     * A pool whose jobs cannot be run.
     *
     * @param until the earliest time at which one can be run, as far as is known
     */
    record ClosedPool(PoolName pool, Instant until) {}

    /**
     * The heap that an attempt needs. Reads the payload only, and makes no calls.
     *
     * @throws UnreadablePayloadException when a newer worker may be able to read the payload
     */
    default MemoryNeed memory(JobPayload payload) {
        return MemoryNeed.NONE;
    }

    /**
     * Runs one attempt, on a thread of its own.
     *
     * @param attempt receives the progress and the artifacts, and says whether the attempt must stop
     * @throws UnreadablePayloadException when a newer worker may be able to read the payload
     * @throws JobRejectedException when the job can never succeed; the attempt is charged and the job fails
     * @throws ThrottledException when it may succeed later; the attempt is not charged
     * @throws DeferredException when there is no capacity for it before a certain time; the attempt is not charged
     * @throws StoppedException when it stopped because {@link JobAttempt#isStopped} is true
     * @throws Exception of any other kind when another attempt may succeed; the attempt is charged
     */
    JobOutput run(JobPayload payload, JobAttempt attempt) throws Exception;

    /**
     * The result of a job: a file, usually in {@link JobAttempt#scratch}, so that it need not fit in memory.
     *
     * @param file is read after the runner has returned
     * @param extension of the result's name, without a dot: 1 to 10 of a-z and 0-9
     * @param contentType a media type of at most 100 characters
     */
    record JobOutput(Path file, String extension, String contentType) {}

    /**
     * The heap that an attempt needs, without the memory that all attempts of a worker share. A worker starts an
     * attempt when enough of its memory budget is free, and fails a job that needs more than the whole budget.
     *
     * @param bytes an upper estimate; 0 when it is negligible
     * @param remedy a sentence that tells the user how to change a job that needs too much; empty when there is no way
     */
    record MemoryNeed(long bytes, String remedy) {
        /** A negligible amount. */
        public static final MemoryNeed NONE = new MemoryNeed(0, "");

        public MemoryNeed {
            if (bytes < 0) {
                throw new IllegalArgumentException("The memory that an attempt needs must not be negative: " + bytes);
            }
        }
    }
}
