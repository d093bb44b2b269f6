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
 * Which dead letters are meant: those that agree with all that is given. Pure.
 *
 * @param messageId SQS's own name for the letter
 * @param region where the letter's job was last sent; for a letter without a job that can be read, where its queue is
 * @param queue the name of the dead-letter queue
 * @param olderThan sent longer ago
 * @param youngerThan sent less long ago
 */
record LetterFilter(
        @Nullable String messageId,
        @Nullable JobId jobId,
        @Nullable UserId userId,
        @Nullable RegionId region,
        @Nullable String queue,
        @Nullable PoolName pool,
        @Nullable Lane lane,
        @Nullable LetterCause cause,
        @Nullable Duration olderThan,
        @Nullable Duration youngerThan) {

    /** Whether every letter is meant. */
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

    /** Whether letters of this queue can be meant. */
    boolean concerns(DeadLetterQueue letters) {
        return concerns(letters.region(), letters.name(), letters.pool(), letters.lane());
    }

    boolean concerns(@Nullable RegionId queueRegion, String queueName, PoolName queuePool, Lane queueLane) {
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

    /** Whether the letter itself can be meant, before its job is looked up. */
    boolean concerns(DeadLetter letter, Instant now) {
        JobMessage message = letter.message();
        return (messageId == null || messageId.equals(letter.messageId()))
                && (jobId == null || (message != null && message.jobId().equals(jobId)))
                && (userId == null || (message != null && message.userId().equals(userId)))
                && (olderThan == null || letter.sentAt().isBefore(now.minus(olderThan)))
                && (youngerThan == null || letter.sentAt().isAfter(now.minus(youngerThan)));
    }

    /**
     * Whether the letter is meant, once it is known what its job says.
     *
     * @param at where its job was last sent; null for nowhere
     */
    boolean concerns(LetterCause found, @Nullable RegionId at) {
        return (cause == null || cause == found) && (region == null || region.equals(at));
    }
}
