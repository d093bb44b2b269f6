package io.renderfleet.jobtype.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of {@link InferencePayload}, in which what all tasks have in common is written once: a schema of 1 KB for
 * each of 64 tasks would fill a payload.
 *
 * @param tasks without what is in {@code shared}
 * @param shared null if the tasks have nothing in common
 */
record StoredPayload(
        String model,
        List<Task> tasks,
        @Nullable Shared shared,
        @Nullable Instant deadline,
        @Nullable Map<String, String> source) {

    /**
     * What all tasks have.
     *
     * @param messages the first messages of each task
     */
    record Shared(
            @Nullable JsonNode messages,
            @Nullable JsonNode responseSchema,
            @Nullable Integer maxTokens,
            @Nullable Double temperature) {
        private static final Shared NOTHING = new Shared(null, null, null, null);
    }

    static StoredPayload of(InferencePayload payload) {
        List<Task> tasks = payload.tasks();
        int messages = tasks.size() == 1 ? 0 : sharedMessages(tasks);
        Shared shared = tasks.size() == 1
                ? Shared.NOTHING
                : new Shared(
                        messages == 0 ? null : part(tasks.getFirst().messages(), 0, messages),
                        same(tasks, Task::responseSchema),
                        same(tasks, Task::maxTokens),
                        same(tasks, Task::temperature));
        if (shared.equals(Shared.NOTHING)) {
            return new StoredPayload(payload.model(), tasks, null, payload.deadline(), payload.source());
        }
        return new StoredPayload(
                payload.model(),
                tasks.stream()
                        .map(task -> new Task(
                                task.taskId(),
                                part(task.messages(), messages, task.messages().size()),
                                shared.responseSchema() == null ? task.responseSchema() : null,
                                shared.maxTokens() == null ? task.maxTokens() : null,
                                shared.temperature() == null ? task.temperature() : null))
                        .toList(),
                shared,
                payload.deadline(),
                payload.source());
    }

    InferencePayload expanded() {
        Shared common = shared == null ? Shared.NOTHING : shared;
        List<Task> whole = tasks.stream()
                .map(task -> new Task(
                        task.taskId(),
                        joined(common.messages(), task.messages()),
                        task.responseSchema() == null ? common.responseSchema() : task.responseSchema(),
                        task.maxTokens() == null ? common.maxTokens() : task.maxTokens(),
                        task.temperature() == null ? common.temperature() : task.temperature()))
                .toList();
        return new InferencePayload(model, whole, deadline, source);
    }

    private static int sharedMessages(List<Task> tasks) {
        JsonNode first = tasks.getFirst().messages();
        int same = 0;
        while (same < first.size() && isSharedByAll(tasks, first.get(same), same)) {
            same++;
        }
        return same;
    }

    private static boolean isSharedByAll(List<Task> tasks, JsonNode message, int index) {
        return tasks.stream().allMatch(task -> message.equals(task.messages().get(index)));
    }

    private static <T> @Nullable T same(List<Task> tasks, Function<Task, @Nullable T> value) {
        T first = value.apply(tasks.getFirst());
        return tasks.stream().allMatch(task -> Objects.equals(value.apply(task), first)) ? first : null;
    }

    private static ArrayNode part(JsonNode messages, int from, int to) {
        ArrayNode part = JsonNodeFactory.instance.arrayNode();
        for (int index = from; index < to; index++) {
            part.add(messages.get(index));
        }
        return part;
    }

    private static JsonNode joined(@Nullable JsonNode first, JsonNode then) {
        return first == null ? then : part(first, 0, first.size()).addAll(part(then, 0, then.size()));
    }
}
