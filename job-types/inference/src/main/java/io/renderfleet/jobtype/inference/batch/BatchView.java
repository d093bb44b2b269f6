package io.renderfleet.jobtype.inference.batch;

import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A batch as clients see it. */
@Schema(name = "Batch")
record BatchView(
        @Schema(type = "string", format = "uuid") BatchId id,
        Status status,
        Counts counts,

        @Schema(description = "The number of jobs that the batch became, and how many of them were submitted.")
        Jobs jobs,

        Instant createdAt,

        @Schema(description = "When the output and the errors were complete.") @Nullable
        Instant endedAt,

        Links links) {

    /** What happens with a batch. In JSON the names are in lower case. */
    @Schema(
            name = "BatchStatus",
            type = "string",
            allowableValues = {"in_progress", "cancelling", "completed", "cancelled", "expired"})
    enum Status {
        IN_PROGRESS,
        CANCELLING,
        COMPLETED,
        CANCELLED,
        EXPIRED;

        @JsonValue
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Numbers of tasks. */
    @Schema(
            name = "BatchCounts",
            description = "Numbers of tasks. Until the batch is over, tasks that failed in a job whose other tasks were"
                    + " answered count as completed.")
    record Counts(int total, int completed, int failed) {}

    /** Numbers of jobs. */
    @Schema(name = "BatchJobs")
    record Jobs(int total, int submitted) {}

    /** Links to the operations on the batch. */
    @Schema(name = "BatchLinks")
    record Links(
            URI self,
            URI cancel,

            @Schema(description = "Only when the batch is over.") @Nullable
            URI output,

            @Schema(description = "Only when the batch is over.") @Nullable
            URI errors) {}

    static URI self(BatchId id) {
        return URI.create("/batches/" + id);
    }

    static BatchView of(Batch batch) {
        URI self = self(batch.id());
        boolean over = batch.endedAt() != null;
        return new BatchView(
                batch.id(),
                status(batch, over),
                new Counts(
                        batch.counts().total(),
                        batch.counts().completed(),
                        batch.counts().failed()),
                new Jobs(batch.sizes().size(), batch.submitted()),
                batch.createdAt(),
                batch.endedAt(),
                new Links(
                        self,
                        URI.create(self + "/cancel"),
                        over ? URI.create(self + "/output") : null,
                        over ? URI.create(self + "/errors") : null));
    }

    private static Status status(Batch batch, boolean over) {
        return switch (batch.cancelled()) {
            case null -> over ? Status.COMPLETED : Status.IN_PROGRESS;
            case BY_USER -> over ? Status.CANCELLED : Status.CANCELLING;
            case EXPIRED -> over ? Status.EXPIRED : Status.CANCELLING;
        };
    }
}
