package io.renderfleet.api.admin;

import com.fasterxml.jackson.annotation.JsonValue;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobStatus;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.region.RegionId;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a message is where SQS puts what it gave up on, as far as the message, its queue and its job tell. */
enum LetterCause {
    /** From a region's queue: every worker that took the job died or fell silent. */
    WORKER_CRASH_LOOP,
    /** From a master queue: the job could not be given to any region. */
    ROUTING_FAILED,
    /** Not one of our messages. */
    UNREADABLE,
    /** Its job cannot be read: a newer version wrote it. */
    UNREADABLE_JOB,
    /** Its job is not there, or never had this message. */
    UNKNOWN_JOB,
    /** Its job ended otherwise, or was sent anew since. */
    OBSOLETE;

    /** @param region whose queue gave up on it; null for a master queue */
    static LetterCause of(@Nullable JobMessage message, @Nullable RegionId region, Optional<Job> found) {
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
