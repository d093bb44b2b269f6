package io.renderfleet.jobtype.inference.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.JobType;
import io.renderfleet.jobtype.JobType.PayloadSource;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.batch.BatchProblems;
import io.renderfleet.jobtype.inference.fleet.KeyProblems;
import io.renderfleet.jobtype.inference.image.ImageRules;
import io.renderfleet.jobtype.inference.input.InputProblems;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.jobtype.inference.input.MessageRules;
import io.renderfleet.jobtype.inference.model.AnswerSchema;
import io.renderfleet.jobtype.inference.request.InferenceRequest.TaskRequest;
import io.renderfleet.jobtype.inference.settings.InferenceSettings;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Violations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The job type {@code inference} in the API: validates requests, and applies what the tasks have in common. */
final class InferenceJobType implements JobType<InferenceRequest> {
    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofHours(24);

    private final InferenceSettings settings;
    private final MessageRules messages;
    private final InputReferences inputs;
    private final Clock clock;

    InferenceJobType(InferenceSettings settings, InputReferences inputs, Clock clock) {
        this.settings = settings;
        this.messages = new MessageRules(new ImageRules(settings.images()));
        this.inputs = inputs;
        this.clock = clock;
    }

    @Override
    public JobTypeName name() {
        return InferencePayload.TYPE;
    }

    @Override
    public PoolName pool() {
        return InferencePayload.POOL;
    }

    @Override
    public Class<InferenceRequest> requestType() {
        return InferenceRequest.class;
    }

    @Override
    public @Nullable PayloadSource prepare(InferenceRequest request, Violations violations) {
        checkTime(request.answerWithin(), violations);
        checkModel(request.model(), violations);
        List<Task> tasks = tasks(request, violations);
        String model = request.model();
        if (model == null || tasks.isEmpty() || !violations.isEmpty()) {
            return null;
        }
        PayloadSource payload = owner -> payload(owner, model, tasks, request.answerWithin());
        return payload.onlyIn(settings.regionsOf(model));
    }

    private JobPayload payload(UserId owner, String model, List<Task> tasks, @Nullable Duration answerWithin) {
        Instant deadline = answerWithin == null ? null : clock.instant().plus(answerWithin);
        return InputReferences.write(new InferencePayload(model, inputs.resolve(owner, tasks), deadline, null));
    }

    private void checkModel(@Nullable String model, Violations violations) {
        if (model != null && !violations.has("model") && settings.poolOf(model).isEmpty()) {
            violations.add("model", settings.modelViolation());
        }
    }

    /** The sinks of the settings, for every job. */
    @Override
    public CompletionRequest completion(JobPayload payload) {
        Map<String, String> source = InferencePayload.FORMAT.read(payload).source();
        return new CompletionRequest(settings.sinks(), source == null ? Map.of() : source);
    }

    private static void checkTime(@Nullable Duration answerWithin, Violations violations) {
        if (answerWithin != null && (answerWithin.compareTo(LEAST) < 0 || answerWithin.compareTo(MOST) > 0)) {
            violations.add("answerWithin", "must be from PT0.1S to PT24H");
        }
    }

    private List<Task> tasks(InferenceRequest request, Violations violations) {
        if (request.tasks() == null) {
            if (request.messages() == null) {
                if (!violations.has("tasks") && !violations.has("messages")) {
                    violations.add("tasks", "is required, or messages for a single task");
                }
                return List.of();
            }
            messages.check("messages", request.messages(), violations);
            checkSchema("responseSchema", request.responseSchema(), violations);
            return List.of(new Task(
                    "task-1",
                    request.messages(),
                    request.responseSchema(),
                    request.maxTokens(),
                    request.temperature()));
        }
        if (request.messages() != null) {
            violations.add("messages", "must be left out, because the request has tasks");
        }
        checkSchema("responseSchema", request.responseSchema(), violations);
        List<Task> tasks = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int index = 0; index < Math.min(request.tasks().size(), InferencePayload.MAX_TASKS); index++) {
            Task task = task("tasks[" + index + "]", index, request, violations);
            if (task != null) {
                if (!ids.add(task.taskId())) {
                    violations.add("tasks[" + index + "].taskId", "is the id of an earlier task");
                }
                tasks.add(task);
            }
        }
        return tasks;
    }

    private @Nullable Task task(String field, int index, InferenceRequest request, Violations violations) {
        TaskRequest task = Objects.requireNonNull(request.tasks()).get(index);
        if (task == null) {
            violations.add(field, "must be an object");
            return null;
        }
        if (task.messages() == null) {
            return null;
        }
        messages.check(field + ".messages", task.messages(), violations);
        checkSchema(field + ".responseSchema", task.responseSchema(), violations);
        return new Task(
                Objects.requireNonNullElse(task.taskId(), "task-" + (index + 1)),
                task.messages(),
                task.responseSchema() == null ? request.responseSchema() : task.responseSchema(),
                task.maxTokens() == null ? request.maxTokens() : task.maxTokens(),
                task.temperature() == null ? request.temperature() : task.temperature());
    }

    private static void checkSchema(String field, @Nullable JsonNode schema, Violations violations) {
        if (schema != null) {
            AnswerSchema.fault(schema).ifPresent(fault -> violations.add(field, fault));
        }
    }

    @Override
    public List<ProblemType> submissionProblems() {
        return List.of(InputProblems.NOT_FOUND);
    }

    @Override
    public List<ProblemType> problems() {
        return Stream.of(InputProblems.ALL, BatchProblems.ALL, KeyProblems.ALL)
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public List<RequestExample> examples() {
        return List.of(new RequestExample("shortest", """
                        {
                          "type": "inference",
                          "userId": "user-1",
                          "model": "assessment",
                          "messages": [{"role": "user", "content": "Is a car parked on a cycle path a risk?"}]
                        }\
                        """), new RequestExample("everything", """
                        {
                          "type": "inference",
                          "userId": "user-1",
                          "model": "assessment",
                          "tasks": [
                            {"taskId": "group-1", "messages": [
                              {"role": "system", "content": "You assess traffic."},
                              {"role": "user", "content": [
                                {"type": "text", "text": "What is the risk?"},
                                {"type": "image_url", "image_url": {"url":
                                  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="}}
                              ]}
                            ]}
                          ],
                          "responseSchema": {"type": "object", "required": ["risk"],
                            "properties": {"risk": {"enum": ["low", "medium", "high"]}}},
                          "maxTokens": 300,
                          "temperature": 0,
                          "answerWithin": "PT10S",
                          "timeout": "PT1M",
                          "priority": "HIGH"
                        }\
                        """));
    }
}
