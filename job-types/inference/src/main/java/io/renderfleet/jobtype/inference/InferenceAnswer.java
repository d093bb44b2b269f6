package io.renderfleet.jobtype.inference;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The result of an inference job, which is stored as JSON.
 *
 * @param tasks one entry for each task, in the order of the request
 * @param partial whether a task has no answer
 * @param usage the tokens of all calls of the job together, including calls whose answer was not usable
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InferenceAnswer(List<TaskAnswer> tasks, boolean partial, Usage usage) {
    public InferenceAnswer {
        tasks = List.copyOf(tasks);
    }

    /** How a task ended. In JSON the names are in lower case. */
    public enum Status {
        ANSWERED,
        /** The model or its provider refused the task, or its answer does not satisfy the schema. */
        FAILED,
        /** There was no answer before the deadline. */
        UNFINISHED;

        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The answer to one task.
     *
     * @param output the text of the model, or the object that satisfies the task's schema; null without an answer
     * @param usage the tokens of the task's calls; null if no call was answered
     * @param model the name of the model as the provider gave it; null without an answer
     * @param latencyMs the time from the start of the call to the whole answer in milliseconds; null without a call
     * @param cached true if the model was not asked, because it had just answered the same; null otherwise
     * @param error why there is no answer; null with one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TaskAnswer(
            String taskId,
            Status status,
            @Nullable JsonNode output,
            @Nullable Usage usage,
            @Nullable String model,
            @Nullable Long latencyMs,
            @Nullable Boolean cached,
            @Nullable TaskError error) {}

    /**
     * Why a task has no answer.
     *
     * @param code lower-case words joined by hyphens
     * @param message for the user
     */
    public record TaskError(String code, String message) {}

    /** Numbers of tokens as the provider counts them. */
    public record Usage(long promptTokens, long completionTokens) {
        public static final Usage NONE = new Usage(0, 0);

        public Usage plus(@Nullable Usage other) {
            return other == null
                    ? this
                    : new Usage(promptTokens + other.promptTokens, completionTokens + other.completionTokens);
        }

        public long totalTokens() {
            return promptTokens + completionTokens;
        }
    }
}
