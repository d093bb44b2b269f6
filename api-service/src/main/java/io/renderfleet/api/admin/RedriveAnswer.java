package io.renderfleet.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.renderfleet.job.JobId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of the letters that were meant.
 *
 * @param redriven jobs that wait again
 * @param obsolete letters deleted because they stood for nothing
 * @param kept letters left where they are
 * @param failed letters whose turn did not work out; they are left where they are
 * @param unfinished queues that were not looked through to their end: out of reach, of time or of the limit. Sending
 *     the same request again goes on
 */
@Schema(name = "RedriveAnswer")
record RedriveAnswer(int redriven, int obsolete, int kept, int failed, List<Item> items, List<String> unfinished) {

    /** How one letter's turn ended. */
    enum Outcome {
        REDRIVEN,
        OBSOLETE,
        /** Not ours, no job, or a worker holds the job just now. */
        KEPT,
        /** The job kept moving, or its table or the queue was away; if it is open again, it is sent by itself. */
        FAILED;

        @JsonValue
        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param jobId null for a letter that is not ours */
    @Schema(name = "RedrivenLetter")
    record Item(
            @Schema(type = "string", format = "uuid") @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            JobId jobId,

            @Schema(type = "string", example = "redriven") Outcome outcome) {}

    static RedriveAnswer of(List<Item> items, List<String> unfinished) {
        return new RedriveAnswer(
                count(items, Outcome.REDRIVEN),
                count(items, Outcome.OBSOLETE),
                count(items, Outcome.KEPT),
                count(items, Outcome.FAILED),
                items,
                unfinished);
    }

    private static int count(List<Item> items, Outcome outcome) {
        return Math.toIntExact(
                items.stream().filter(item -> item.outcome() == outcome).count());
    }
}
