package io.renderfleet.job;

import io.renderfleet.region.RegionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One finished run of a job by one worker.
 *
 * @param number from 1, one more than the attempt before; part of the result's name
 * @param error what went wrong, null when nothing did
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
        /** The job's own fault: no other attempt would end differently. */
        REJECTED(true),
        /** Ours or AWS's fault, or out of time: another attempt may do better. */
        ERRORED(true),
        /** Handed back unfinished: shutdown, a lost lease, throttling. Costs the job nothing. */
        INTERRUPTED(false),
        CANCELLED(false);

        private final boolean charged;

        Outcome(boolean charged) {
            this.charged = charged;
        }

        /** Whether the attempt counts against the job's limit. */
        public boolean isCharged() {
            return charged;
        }
    }
}
