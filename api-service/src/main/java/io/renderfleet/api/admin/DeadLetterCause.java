package io.renderfleet.api.admin;

import com.fasterxml.jackson.annotation.JsonValue;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobStatus;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.region.RegionId;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a message became a dead letter, derived from the message, its queue and its job. */
enum DeadLetterCause {
    /** From the queue of a region: every worker that claimed the job died or stopped renewing its lease. */
    WORKER_CRASH_LOOP,
    /** From a master queue: the job could not be routed to any region. */
    ROUTING_FAILED,
    /** The message was not sent by this system. */
    UNREADABLE,
    /** The job cannot be read, because a newer version wrote it. */
    UNREADABLE_JOB,
    /** The job does not exist, or never had a message with this route epoch. */
    UNKNOWN_JOB,
    /** The job is COMPLETED or CANCELLED, or was sent again with a newer route epoch. */
    OBSOLETE;

    /**
     * Derives the cause.
     *
     * @param message null when the body is not a message of this system
     * @param region the region of the queue; null for a master queue
     * @param found the job of the message; empty when there is none
     */
    static DeadLetterCause of(@Nullable JobMessage message, @Nullable RegionId region, Optional<Job> found) {
        if (message == null) {
            return UNREADABLE;
        }
        if (found.isEmpty() || found.get().routeEpoch() < message.routeEpoch()) {
            return UNKNOWN_JOB;
        }
        Job job = found.get();
        if (job.routeEpoch() > message.routeEpoch()
                || job.status() == JobStatus.COMPLETED
                || job.status() == JobStatus.CANCELLED) {
            return OBSOLETE;
        }
        return region == null ? ROUTING_FAILED : WORKER_CRASH_LOOP;
    }

    @JsonValue
    String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
