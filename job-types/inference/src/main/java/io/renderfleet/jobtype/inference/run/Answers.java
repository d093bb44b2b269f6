package io.renderfleet.jobtype.inference.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.jobtype.inference.InferenceAnswer;
import io.renderfleet.jobtype.inference.InferenceAnswer.Status;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskAnswer;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskError;
import io.renderfleet.jobtype.inference.InferenceAnswer.Usage;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers to the tasks of a job so far.
 *
 * <p>Not thread-safe.
 */
final class Answers {
    private static final Logger log = LoggerFactory.getLogger(Answers.class);

    private static final TypeReference<List<TaskAnswer>> LIST = new TypeReference<>() {};

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private final List<Task> tasks;
    private final Map<String, TaskAnswer> byTask = new HashMap<>();
    /** The tokens of calls for tasks that are asked again. */
    private final Map<String, Usage> spent = new HashMap<>();

    private Answers(List<Task> tasks) {
        this.tasks = tasks;
    }

    /** @param kept what {@link #kept} of an earlier attempt returned; null for the first attempt */
    static Answers of(List<Task> tasks, @Nullable String kept) {
        Answers answers = new Answers(tasks);
        if (kept != null) {
            try {
                MAPPER.readValue(kept, LIST).forEach(answers::restore);
            } catch (JsonProcessingException e) {
                // Written by another version. The answers are asked for again.
                log.warn("The answers of an earlier attempt cannot be read; asking again: {}", e.getOriginalMessage());
            }
        }
        return answers;
    }

    private void restore(TaskAnswer kept) {
        if (kept.status() == Status.UNFINISHED) {
            spend(kept.taskId(), kept.usage());
        } else {
            add(kept);
        }
    }

    /** Records the tokens of a task that is asked again later; null for none. */
    void spend(String taskId, @Nullable Usage usage) {
        if (usage != null) {
            spent.merge(taskId, usage, Usage::plus);
        }
    }

    void add(TaskAnswer answer) {
        byTask.put(answer.taskId(), answer);
    }

    /** The tasks without an answer, in the order of the request. */
    List<Task> open() {
        return tasks.stream().filter(task -> !byTask.containsKey(task.taskId())).toList();
    }

    boolean isComplete() {
        return open().isEmpty();
    }

    /** Whether there is something that {@link #kept} keeps. */
    boolean isWorthKeeping() {
        return !byTask.isEmpty() || !spent.isEmpty();
    }

    /** The share of the tasks that have ended, 0 to 1. */
    double share() {
        return (double) byTask.size() / tasks.size();
    }

    /**
     * The answers for the next attempt. Answers that do not fit are left out, and asked for again.
     *
     * @param most the most bytes
     */
    String kept(int most) {
        StringBuilder text = new StringBuilder("[");
        int bytes = 2;
        for (TaskAnswer answer : toKeep()) {
            String json = json(answer);
            int more = json.getBytes(StandardCharsets.UTF_8).length + 1;
            if (bytes + more <= most) {
                text.append(text.length() > 1 ? "," : "").append(json);
                bytes += more;
            }
        }
        return text.append(']').toString();
    }

    /** A deadline that has passed stays passed, so an unfinished task stands for the tokens that it used. */
    private List<TaskAnswer> toKeep() {
        List<TaskAnswer> all = new ArrayList<>();
        spent.forEach((taskId, usage) ->
                all.add(new TaskAnswer(taskId, Status.UNFINISHED, null, usage, null, null, null, null)));
        byTask.values().stream()
                .filter(answer -> answer.status() != Status.UNFINISHED)
                .forEach(all::add);
        return all;
    }

    private static String json(TaskAnswer answer) {
        try {
            return MAPPER.writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the result of the job. Tasks without an answer are unfinished, because there is no capacity for them. */
    JobOutput write(Path directory) throws IOException {
        List<TaskAnswer> all = tasks.stream()
                .map(task -> byTask.getOrDefault(
                        task.taskId(),
                        without(
                                task,
                                Status.UNFINISHED,
                                new TaskError(
                                        "no-capacity", "No API key could be used before the deadline of the job."))))
                .toList();
        Usage usage = spent.values().stream().reduce(Usage.NONE, Usage::plus);
        for (TaskAnswer answer : all) {
            usage = usage.plus(answer.usage());
        }
        boolean partial = all.stream().anyMatch(answer -> answer.status() != Status.ANSWERED);
        Path file = directory.resolve("answer.json");
        Files.write(file, MAPPER.writeValueAsBytes(new InferenceAnswer(all, partial, usage)));
        return new JobOutput(file, "json", "application/json");
    }

    /** The end of a task that made no call that counts. */
    static TaskAnswer without(Task task, Status status, TaskError error) {
        return new TaskAnswer(task.taskId(), status, null, null, null, null, null, error);
    }
}
