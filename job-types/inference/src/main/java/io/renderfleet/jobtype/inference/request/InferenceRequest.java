package io.renderfleet.jobtype.inference.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.jobtype.Required;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an inference job in a request, in addition to those of every job. The annotations validate single
 * fields; {@link InferenceJobType} validates fields that depend on each other.
 */
@Schema(name = "InferenceRequest", description = "Questions to a language model.")
record InferenceRequest(
        @Schema(example = "assessment", requiredMode = RequiredMode.REQUIRED)
        @Required
        @Pattern(regexp = "[A-Za-z0-9._:/-]{1,128}", message = "must be 1 to 128 of A-Z a-z 0-9 . _ : / -")
        @Nullable
        String model,

        @Schema(description = "The questions, each with an id of its own. Either tasks or messages is required.")
        @Size(min = 1, max = InferencePayload.MAX_TASKS, message = "must have 1 to 64 tasks")
        @Nullable
        List<@Valid @Nullable TaskRequest> tasks,

        @Schema(
                description = "Messages in the format of OpenAI's chat completions: shorthand for one task with the id"
                        + " task-1.",
                implementation = Map[].class)
        @Nullable
        JsonNode messages,

        @Schema(
                description = "A JSON schema that each answer must satisfy, unless its task has one.",
                implementation = Map.class)
        @Nullable
        JsonNode responseSchema,

        @Schema(description = "The most tokens of each answer, unless its task says otherwise.")
        @Min(value = 1, message = TOKENS)
        @Max(value = InferencePayload.MAX_ANSWER_TOKENS, message = TOKENS)
        @Nullable
        Integer maxTokens,

        @Schema(description = "0 to 2, for each task that has none.")
        @Min(value = 0, message = TEMPERATURE)
        @Max(value = 2, message = TEMPERATURE)
        @Nullable
        Double temperature,

        @Schema(
                description = "The time from the acceptance of the job until it completes with the answers that there"
                        + " are. PT0.1S to PT24H. Without it, only the timeout of the job ends it.",
                example = "PT10S")
        @Nullable
        Duration answerWithin) {
    static final String TOKENS = "must be from 1 to 131072";
    static final String TEMPERATURE = "must be from 0 to 2";

    /** One question. */
    @Schema(name = "InferenceTask")
    record TaskRequest(
            @Schema(description = "Identifies the answer. By default task-1, task-2 and so on.", example = "group-1")
            @Pattern(regexp = "[A-Za-z0-9._:-]{1,64}", message = "must be 1 to 64 of A-Z a-z 0-9 . _ : -")
            @Nullable
            String taskId,

            @Schema(requiredMode = RequiredMode.REQUIRED, implementation = Map[].class) @Required @Nullable
            JsonNode messages,

            @Schema(implementation = Map.class) @Nullable JsonNode responseSchema,

            @Min(value = 1, message = TOKENS)
            @Max(value = InferencePayload.MAX_ANSWER_TOKENS, message = TOKENS)
            @Nullable
            Integer maxTokens,

            @Min(value = 0, message = TEMPERATURE) @Max(value = 2, message = TEMPERATURE) @Nullable
            Double temperature) {}
}
