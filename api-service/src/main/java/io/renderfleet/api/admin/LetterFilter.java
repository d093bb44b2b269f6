package io.renderfleet.api.admin;

import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.queue.DeadLetter;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant: those that agree with all that is given. Pure.
 *
 * @param region whose queue gave up on the letter
 * @param olderThan sent longer ago
 * @param youngerThan sent less long ago
 */
record LetterFilter(
        @Nullable JobId jobId,
        @Nullable UserId userId,
        @Nullable RegionId region,
        @Nullable Lane lane,
        @Nullable LetterCause cause,
        @Nullable Duration olderThan,
        @Nullable Duration youngerThan) {

    /** Whether every letter is meant. */
    boolean isEmpty() {
        return jobId == null
                && userId == null
                && region == null
                && lane == null
                && cause == null
                && olderThan == null
                && youngerThan == null;
    }

    /** Whether letters of this queue can be meant. */
    boolean concerns(@Nullable RegionId queueRegion, Lane queueLane) {
        boolean couldBe = switch (cause) {
            case WORKER_CRASH_LOOP -> queueRegion != null;
            case ROUTING_FAILED -> queueRegion == null;
            case null, default -> true;
        };
        return couldBe && (region == null || region.equals(queueRegion)) && (lane == null || lane == queueLane);
    }

    /** Whether the letter itself can be meant, before its job is looked up. */
    boolean concerns(DeadLetter letter, Instant now) {
        JobMessage message = letter.message();
        return (jobId == null || (message != null && message.jobId().equals(jobId)))
                && (userId == null || (message != null && message.userId().equals(userId)))
                && (olderThan == null || letter.sentAt().isBefore(now.minus(olderThan)))
                && (youngerThan == null || letter.sentAt().isAfter(now.minus(youngerThan)));
    }

    boolean concerns(LetterCause found) {
        return cause == null || cause == found;
    }
}
