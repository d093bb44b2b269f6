package io.renderfleet.worker.protection;

import java.time.Duration;

/**
 * Protects this worker's task from scale-in and deployments while it runs jobs. Without protection no job is lost,
 * because it is released or taken over, but the work of its attempt is.
 *
 * <p>Thread-safe.
 */
public interface TaskProtection {

    /**
     * Must be called before a job is claimed. Waits a few seconds at most.
     *
     * @return zero if the job may be claimed; {@link #end} must be called when it has ended. Otherwise the task is
     *     about to be replaced: the message must be released, and no message received for this time
     */
    Duration begin();

    /** Must be called when a job has ended for which {@link #begin} returned zero. */
    void end();

    /** Removes the protection at the shutdown, so that ECS can stop the task at once. Waits a few seconds at most. */
    void release();

    /** No protection, for workers that do not run on ECS. */
    static TaskProtection none() {
        return new TaskProtection() {
            @Override
            public Duration begin() {
                return Duration.ZERO;
            }

            @Override
            public void end() {}

            @Override
            public void release() {}
        };
    }
}
