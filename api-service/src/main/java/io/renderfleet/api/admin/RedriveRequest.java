package io.renderfleet.api.admin;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Which dead letters to send again; at least one of these, besides the limit. */
@Schema(name = "RedriveRequest")
record RedriveRequest(
        @Nullable String messageId,
        @Schema(format = "uuid") @Nullable String jobId,
        @Nullable String userId,

        @Schema(example = "us-east-1", description = "Where the letter's job was last sent.") @Nullable
        String region,

        @Nullable String queue,
        @Schema(example = "render") @Nullable String pool,
        @Schema(example = "NORMAL") @Nullable String lane,
        @Schema(example = "worker-crash-loop") @Nullable String cause,

        @Schema(example = "PT10M", description = "Sent longer ago.") @Nullable
        String olderThan,

        @Schema(example = "P1D", description = "Sent less long ago.") @Nullable
        String youngerThan,

        @Schema(minimum = "1", maximum = "1000", defaultValue = "100") @Nullable
        Integer limit) {

    @Nullable
    String text(String name) {
        return switch (name) {
            case "messageId" -> messageId;
            case "jobId" -> jobId;
            case "userId" -> userId;
            case "region" -> region;
            case "queue" -> queue;
            case "pool" -> pool;
            case "lane" -> lane;
            case "cause" -> cause;
            case "olderThan" -> olderThan;
            case "youngerThan" -> youngerThan;
            default -> throw new IllegalArgumentException("no filter is called " + name);
        };
    }
}
