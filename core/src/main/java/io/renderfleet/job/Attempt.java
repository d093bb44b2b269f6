package io.renderfleet.job;

import io.renderfleet.region.RegionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One finished run of a job by one worker.
 *
 * @param number from 1; part of the result's name
 * @param error why the attempt did not succeed; null if it has no error
 */
public record Attempt(
        int number,
        RegionId region,
        WorkerId worker,
        Instant startedAt,
        Instant endedAt,
        Outcome outcome,
        @Nullable JobError error) {

    /** How an attempt ended. */
    public enum Outcome {
        SUCCEEDED(false),
        /** The job cannot succeed: another attempt would end in the same way. */
        REJECTED(true),
        /** An error of the worker or of AWS, or a timeout: another attempt may succeed. */
        ERRORED(true),
        /** Ended unfinished because of a shutdown, a lost lease or throttling. Not charged. */
        INTERRUPTED(false),
        CANCELLED(false);

        private final boolean charged;

        Outcome(boolean charged) {
            this.charged = charged;
        }

        /** Whether the attempt is charged, that is, counts against the job's limit. */
        public boolean isCharged() {
            return charged;
        }
    }
}
