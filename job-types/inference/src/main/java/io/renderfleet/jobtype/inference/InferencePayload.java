package io.renderfleet.jobtype.inference;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.PayloadFormat;
import io.renderfleet.pool.PoolName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The payload of an inference job: questions to a model, each of which is one call. The values come from a validated
 * request.
 *
 * @param model the name of the model in the requests of users; the settings map it to the name at the provider
 * @param tasks 1 to {@value #MAX_TASKS} tasks with different ids
 * @param deadline when the job completes with the answers that there are; null for no deadline other than the job's
 *     timeout
 * @param source says where the job comes from, such as its camera; part of the job's completion event, by which
 *     listeners choose events. Its names and values have at most {@value #MAX_SOURCE_BYTES} bytes together as UTF-8.
 *     Null for a job without a source.
 */
public record InferencePayload(
        String model,
        List<Task> tasks,
        @Nullable Instant deadline,
        @Nullable Map<String, String> source) {
    public static final JobTypeName TYPE = new JobTypeName("inference");
    public static final PoolName POOL = new PoolName("inference");

    /** The most tasks of a job. */
    public static final int MAX_TASKS = 64;

    /** The most tokens that a task can ask for. */
    public static final int MAX_ANSWER_TOKENS = 131_072;

    /** The most bytes of {@link #source}, names and values together. */
    public static final int MAX_SOURCE_BYTES = 256;

    /** The JSON form of the payload, shared by the API and the workers. */
    public static final PayloadFormat<InferencePayload> FORMAT = new PayloadFormat<>(InferencePayload.class, 1);

    public InferencePayload {
        if (tasks.isEmpty() || tasks.size() > MAX_TASKS) {
            throw new IllegalArgumentException("An inference job has 1 to " + MAX_TASKS + " tasks.");
        }
        tasks = List.copyOf(tasks);
        source = source == null ? null : Map.copyOf(source);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static InferencePayload read(StoredPayload stored) {
        return stored.expanded();
    }

    @JsonValue
    StoredPayload stored() {
        return StoredPayload.of(this);
    }

    /**
     * One call to the model.
     *
     * @param taskId identifies the task in the job's answer
     * @param messages a JSON array of messages in the format of OpenAI's chat completions
     * @param responseSchema a JSON schema that the answer must satisfy; null for an answer as text
     * @param maxTokens the most tokens of the answer; null for the provider's default
     * @param temperature 0 to 2; null for the provider's default
     */
    public record Task(
            String taskId,
            JsonNode messages,
            @Nullable JsonNode responseSchema,
            @Nullable Integer maxTokens,
            @Nullable Double temperature) {}
}
