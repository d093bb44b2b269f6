package io.renderfleet.jobtype;

import io.renderfleet.job.JobId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * One attempt at a job, as its runner sees it.
 *
 * <p>When the attempt is to stop (its time is over, the job was cancelled, the lease was lost, the worker shuts down),
 * {@link #isStopped} becomes true and the hooks of {@link #onStop} run. A runner that has not returned a few seconds later
 * is interrupted; one that ignores that too is left behind: its job is settled, and what it returns is discarded.
 *
 * <p>Thread-safe.
 */
public interface JobAttempt {

    JobId jobId();

    /** From 1, one more than the attempt before. */
    int number();

    /** When the attempt is told to stop, because it has taken as long as the job allows. */
    Instant deadline();

    /** Whether to stop now. Cheap: ask often, several times a second. */
    boolean isStopped();

    /**
     * Adds what is to be done when the attempt is to stop: close a socket, destroy a process. It runs once, on another
     * thread, at once when the attempt is to stop already. It must not block.
     */
    void onStop(Runnable hook);

    /** Reports how much is done, 0 to 1. Cheap: report often. */
    void progress(double fraction);

    /**
     * A directory of this attempt alone. It is deleted with all that is in it once the runner has returned and its output
     * is stored.
     */
    Path scratch() throws IOException;
}
