package io.renderfleet.api.admin;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters that select dead letters, as the client sent them and not yet checked. A parameter that was not
 * sent is null. The fields of {@link RedriveRequest} have the same names.
 */
record DeadLetterQuery(
        @Parameter(description = "The id that SQS gave the message.") @Nullable
        String messageId,

        @Parameter(schema = @Schema(type = "string", format = "uuid")) @Nullable
        String jobId,

        @Nullable String userId,

        @Parameter(
                description =
                        "The region that the letter's job was last sent to; for a letter without a job, the region"
                                + " of its queue.")
        @Nullable
        String region,

        @Parameter(description = "The name of the dead-letter queue.") @Nullable
        String queue,

        @Nullable String pool,
        @Nullable String lane,
        @Nullable String cause,

        @Parameter(
                description = "An ISO-8601 duration: only letters that were sent longer ago than this.",
                example = "PT10M")
        @Nullable
        String olderThan,

        @Parameter(description = "An ISO-8601 duration: only letters that were sent within this time.", example = "P1D")
        @Nullable
        String youngerThan) {}
