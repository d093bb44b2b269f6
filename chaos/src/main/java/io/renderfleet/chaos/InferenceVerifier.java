package io.renderfleet.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.fakellm.Limit;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Checks what is guaranteed for inference jobs in addition to what {@link StateVerifier} checks. Makes no calls. */
final class InferenceVerifier {
    /** The permits of a killed worker return within this time, as calls last at most {@link ModelServer#TIMEOUT}. */
    static final Duration PERMITS_BACK = Duration.ofSeconds(30);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Map<JobId, PlannedJob> acknowledged;
    private final Map<JobId, Job> jobs;
    private final InferenceState state;
    private final UnaryOperator<String> model;

    /**
     * Creates the verifier.
     *
     * @param jobs every job of the table
     * @param model the only correct answer to each question
     */
    InferenceVerifier(
            Map<JobId, PlannedJob> acknowledged,
            Map<JobId, Job> jobs,
            InferenceState state,
            UnaryOperator<String> model) {
        this.acknowledged = Map.copyOf(acknowledged);
        this.jobs = jobs;
        this.state = state;
        this.model = model;
    }

    /** One check for each guarantee; the test passes if all of them hold. */
    List<Check> checks() {
        return List.of(
                tooManyCalls(),
                Check.of("tasks of COMPLETED jobs without the model's answer", wrongAnswers()),
                Check.of("completion events lost", missing(jobs.values(), state.events())),
                Check.of("permits of killed workers that did not return", permits()));
    }

    InferenceState state() {
        return state;
    }

    private Check tooManyCalls() {
        long violations = state.models().violations().getOrDefault(Limit.CONCURRENCY, 0L);
        return new Check(
                "calls of models beyond the limit of calls at the same time",
                violations == 0
                        ? List.of()
                        : List.of("the server saw up to " + state.models().highestConcurrency()
                                + " calls at the same time, and allows " + ModelServer.LIMIT),
                violations);
    }

    private List<String> wrongAnswers() {
        List<String> wrong = new ArrayList<>();
        acknowledged.forEach((id, planned) -> {
            Job job = jobs.get(id);
            List<String> questions = planned.work().questions();
            if (job != null && job.status() == JobStatus.COMPLETED && !questions.isEmpty()) {
                JsonNode tasks = tasks(state.results().getOrDefault(id, ""));
                if (tasks.size() != questions.size()) {
                    wrong.add(id + " has " + tasks.size() + " tasks instead of " + questions.size());
                }
                for (int i = 0; i < questions.size(); i++) {
                    wrong(tasks.path(i), i, questions.get(i)).ifPresent(text -> wrong.add(id + " " + text));
                }
            }
        });
        return wrong;
    }

    private static JsonNode tasks(String result) {
        try {
            return JSON.readTree(result).path("tasks");
        } catch (JsonProcessingException e) {
            throw new ChaosException("A stored result is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private Optional<String> wrong(JsonNode task, int index, String question) {
        String expected = model.apply(question);
        boolean right = task.path("taskId").asText().equals(Work.taskId(index))
                && task.path("output").isTextual()
                && task.path("output").asText().equals(expected);
        return right
                ? Optional.empty()
                : Optional.of(Work.taskId(index) + " is " + task + ", and the model's answer is: " + expected);
    }

    /** The events of the last end of each job that no copy was received of. */
    static List<String> missing(Collection<Job> jobs, Map<String, Long> events) {
        return jobs.stream()
                .filter(job -> job.status().isTerminal())
                .filter(job -> job.completion().sinks().contains(ModelServer.SINK))
                .map(job -> CompletionEvent.of(job, null))
                .filter(event -> !events.containsKey(event.eventId()))
                .map(event -> event.jobId() + " " + event.status() + " at " + event.finishedAt())
                .toList();
    }

    private List<String> permits() {
        return state.permitsBack().isPresent()
                ? List.of()
                : List.of("the model server never had " + ModelServer.LIMIT + " calls in progress again");
    }
}
