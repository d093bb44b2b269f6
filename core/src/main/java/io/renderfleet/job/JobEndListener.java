package io.renderfleet.job;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Receives each end of a job that wants completion events, right after the write that ended it, in whichever service
 * made that write. Called on the thread of the write: it must not block, and must not throw.
 */
public interface JobEndListener {
    /** Sends nothing; the watchdog finds the jobs that wait for their events. */
    JobEndListener NONE = (_, _) -> CompletableFuture.allOf();

    /**
     * Sends the events of a job that has ended.
     *
     * @param job the job as it is stored, with a terminal status
     * @param result the result, if it is short and JSON and the caller has it at hand; null otherwise
     * @return completes when the queues of all sinks have the event, or exceptionally when one does not; then the
     *     watchdog sends it again
     */
    CompletableFuture<Void> ended(Job job, @Nullable String result);
}
