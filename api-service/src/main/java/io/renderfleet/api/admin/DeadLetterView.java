package io.renderfleet.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.renderfleet.api.admin.QueuesController.DeadLetterQueueView;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.DeadLetterQueue;
import io.renderfleet.queue.DeadLetterQueue.DeadLetter;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter, with the state of its job.
 *
 * @param region the region of the queue; null for a master queue
 * @param ageSeconds the time since the message was sent
 * @param jobStatus the status of the job; left out when there is no job that can be read
 * @param attempts the number of attempts of the job; left out when there is no job that can be read
 * @param body the first 500 characters of a message that is not one of this system; left out otherwise
 */
@Schema(name = "DeadLetter")
record DeadLetterView(
        String queue,

        @Schema(type = "string") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
        RegionId region,

        @Schema(type = "string") PoolName pool,
        Lane lane,
        String messageId,
        @Schema(type = "string", format = "uuid") @Nullable JobId jobId,
        @Schema(type = "string") @Nullable UserId userId,

        @Schema(type = "string", example = "worker-crash-loop")
        DeadLetterCause cause,

        Instant sentAt,
        long ageSeconds,
        @Nullable JobStatus jobStatus,
        @Nullable Integer attempts,
        @Nullable String body) {

    static DeadLetterView of(
            DeadLetterQueue queue, DeadLetter letter, DeadLetterCause cause, Optional<Job> job, Instant now) {
        JobMessage message = letter.message();
        return new DeadLetterView(
                queue.name(),
                queue.region(),
                queue.pool(),
                queue.lane(),
                letter.messageId(),
                message == null ? null : message.jobId(),
                message == null ? null : message.userId(),
                cause,
                letter.sentAt(),
                Math.max(0, Duration.between(letter.sentAt(), now).toSeconds()),
                job.map(Job::status).orElse(null),
                job.map(Job::attempt).orElse(null),
                message == null ? letter.body() : null);
    }

    /**
     * The matching dead letters, oldest first.
     *
     * @param queues the queues that were read, each with the number of its letters
     */
    @Schema(name = "DeadLetters")
    record Answer(List<DeadLetterView> items, List<DeadLetterQueueView> queues) {}
}
