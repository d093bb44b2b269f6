package io.renderfleet.api.admin;

import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.DeadLetterQueue.DeadLetter;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selects dead letters: a letter matches when it matches every component that is not null. Pure.
 *
 * @param messageId the id that SQS gave the message
 * @param region the region that the letter's job was last sent to; for a letter without a readable job, the region of
 *     its queue
 * @param queue the name of the dead-letter queue
 * @param olderThan the letter was sent longer ago than this
 * @param youngerThan the letter was sent within this time
 */
record DeadLetterFilter(
        @Nullable String messageId,
        @Nullable JobId jobId,
        @Nullable UserId userId,
        @Nullable RegionId region,
        @Nullable String queue,
        @Nullable PoolName pool,
        @Nullable Lane lane,
        @Nullable DeadLetterCause cause,
        @Nullable Duration olderThan,
        @Nullable Duration youngerThan) {

    /** Whether every letter matches. */
    boolean isEmpty() {
        return messageId == null
                && jobId == null
                && userId == null
                && region == null
                && queue == null
                && pool == null
                && lane == null
                && cause == null
                && olderThan == null
                && youngerThan == null;
    }

    /** Whether letters of this queue can match. */
    boolean matches(DeadLetterQueue letters) {
        return matches(letters.region(), letters.name(), letters.pool(), letters.lane());
    }

    boolean matches(@Nullable RegionId queueRegion, String queueName, PoolName queuePool, Lane queueLane) {
        boolean couldBe = switch (cause) {
            case WORKER_CRASH_LOOP -> queueRegion != null;
            case ROUTING_FAILED -> queueRegion == null;
            case null, default -> true;
        };
        return couldBe
                && (queue == null || queue.equals(queueName))
                && (pool == null || pool.equals(queuePool))
                && (lane == null || lane == queueLane);
    }

    /** Whether the letter can match, judged before its job is read. */
    boolean matches(DeadLetter letter, Instant now) {
        JobMessage message = letter.message();
        return (messageId == null || messageId.equals(letter.messageId()))
                && (jobId == null || (message != null && message.jobId().equals(jobId)))
                && (userId == null || (message != null && message.userId().equals(userId)))
                && (olderThan == null || letter.sentAt().isBefore(now.minus(olderThan)))
                && (youngerThan == null || letter.sentAt().isAfter(now.minus(youngerThan)));
    }

    /**
     * Whether the letter matches, judged by its job.
     *
     * @param found the cause, as derived from the job
     * @param at the region that the job was last sent to; null when it was never sent to one
     */
    boolean matches(DeadLetterCause found, @Nullable RegionId at) {
        return (cause == null || cause == found) && (region == null || region.equals(at));
    }
}
