package io.renderfleet.worker.protection;

import java.time.Duration;

/**
 * Whether this worker's task is safe from scale-in and deployments while it works. A job is safe without it, as it is
 * released or taken over; what is lost then is the work that was done.
 *
 * <p>Thread-safe.
 */
public interface TaskProtection {

    /**
     * Asks before a message is claimed. Waits a few seconds at most.
     *
     * @return zero to go ahead, and to say {@link #end} when the work is over. Otherwise the task is about to be replaced:
     *     the message must be given back, and none taken for so long.
     */
    Duration begin();

    /** Some work that was begun is over. */
    void end();

    /** All work is over, for good: lets ECS have the task at once. Waits a few seconds at most. */
    void release();

    /** Where there is nobody to ask. */
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
