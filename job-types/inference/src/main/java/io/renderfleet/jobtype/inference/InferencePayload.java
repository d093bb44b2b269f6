package io.renderfleet.jobtype.inference;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.PayloadFormat;
import io.renderfleet.pool.PoolName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The payload of an inference job: questions to a model, each of which is one call. The values come from a validated
 * request.
 *
 * @param model the name of the model in the requests of users; the settings map it to the name at the provider
 * @param tasks 1 to {@value #MAX_TASKS} tasks with different ids
 * @param deadline when the job completes with the answers that there are; null for no deadline other than the job's
 *     timeout
 */
public record InferencePayload(
        String model, List<Task> tasks, @Nullable Instant deadline) {
    public static final JobTypeName TYPE = new JobTypeName("inference");
    public static final PoolName POOL = new PoolName("inference");

    /** The most tasks of a job. */
    public static final int MAX_TASKS = 64;

    /** The JSON form of the payload, shared by the API and the workers. */
    public static final PayloadFormat<InferencePayload> FORMAT = new PayloadFormat<>(InferencePayload.class, 1);

    public InferencePayload {
        if (tasks.isEmpty() || tasks.size() > MAX_TASKS) {
            throw new IllegalArgumentException("An inference job has 1 to " + MAX_TASKS + " tasks.");
        }
        tasks = List.copyOf(tasks);
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
