package io.renderfleet.api.admin;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Selects the dead letters to redrive. At least one filter is required; the limit alone is not a filter. */
@Schema(name = "RedriveRequest")
record RedriveRequest(
        @Nullable String messageId,
        @Schema(format = "uuid") @Nullable String jobId,
        @Nullable String userId,

        @Schema(example = "us-east-1", description = "The region that the letter's job was last sent to.") @Nullable
        String region,

        @Nullable String queue,
        @Schema(example = "render") @Nullable String pool,
        @Schema(example = "NORMAL") @Nullable String lane,
        @Schema(example = "worker-crash-loop") @Nullable String cause,

        @Schema(example = "PT10M", description = "Only letters that were sent longer ago than this.") @Nullable
        String olderThan,

        @Schema(example = "P1D", description = "Only letters that were sent within this time.") @Nullable
        String youngerThan,

        @Schema(minimum = "1", maximum = "1000", defaultValue = "100") @Nullable
        Integer limit) {

    /** The filters of the request. */
    DeadLetterQuery query() {
        return new DeadLetterQuery(messageId, jobId, userId, region, queue, pool, lane, cause, olderThan, youngerThan);
    }
}
