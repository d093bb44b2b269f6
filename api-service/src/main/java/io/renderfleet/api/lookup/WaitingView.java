package io.renderfleet.api.lookup;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobStatus;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Why a PENDING job waits.
 *
 * @param detail a sentence with the region, the time or the job that it is about
 */
@Schema(name = "JobWaiting")
public record WaitingView(
        Reason reason,

        @Schema(example = "In the queue of region us-east-1 since 2026-01-31T12:00:00Z.")
        String detail) {

    /** What has to happen before the job starts. */
    public enum Reason {
        /** A region must be chosen. */
        ROUTING,
        /** An earlier job of the same ordering key must end. */
        ORDER,
        /** The next attempt must start, after one that did not finish the job. */
        RETRY,
        /** A worker of its region must take the job from the queue. */
        QUEUED
    }

    /** The reason as far as the job's item tells; null unless the job is PENDING. */
    static @Nullable WaitingView of(Job job) {
        if (job.status() != JobStatus.PENDING) {
            return null;
        }
        if (job.region() == null) {
            return new WaitingView(Reason.ROUTING, "No region has been chosen yet, since " + job.updatedAt() + ".");
        }
        if (job.after() != null) {
            return new WaitingView(
                    Reason.ORDER,
                    "Job " + job.after() + ", which is before it in its ordering key, must be over first.");
        }
        Attempt last = job.attempts().isEmpty() ? null : job.attempts().getLast();
        if (last != null && (job.routedAt() == null || !last.endedAt().isBefore(job.routedAt()))) {
            return new WaitingView(
                    Reason.RETRY,
                    "Attempt " + last.number() + " ended at " + last.endedAt() + " (" + last.outcome()
                            + "). The next one has not started in region " + job.region() + ".");
        }
        return new WaitingView(
                Reason.QUEUED, "In the queue of region " + job.region() + " since " + job.routedAt() + ".");
    }
}
