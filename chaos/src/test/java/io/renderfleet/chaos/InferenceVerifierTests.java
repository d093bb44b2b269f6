package io.renderfleet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.fakellm.Behaviour;
import io.renderfleet.fakellm.Limit;
import io.renderfleet.fakellm.Statistics.DomainStatistics;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class InferenceVerifierTests {
    private static final String RIGHT = """
            {"tasks": [{"taskId": "task-1", "status": "answered", "output": "answer to a"},
                       {"taskId": "task-2", "status": "answered", "output": "answer to b"}]}""";

    private final Map<JobId, PlannedJob> acknowledged = new HashMap<>();
    private final Map<JobId, Job> table = new HashMap<>();
    private final Map<JobId, String> results = new HashMap<>();
    private final Map<String, Long> events = new HashMap<>();
    private long tooMany;
    private Optional<Duration> permitsBack = Optional.of(Duration.ofSeconds(20));

    @Test
    void noCheckFailsWhenEveryPromiseWasKept() {
        asked(RIGHT);

        assertThat(broken()).isEmpty();
    }

    @Test
    void aCallBeyondTheLimitBreaksAPromise() {
        tooMany = 1;

        assertThat(broken()).containsExactly("calls of models beyond the limit of calls at the same time");
    }

    @Test
    void anAnswerToAnotherQuestionBreaksAPromise() {
        asked(RIGHT.replace("answer to b", "answer to a"));

        assertThat(broken()).containsExactly("tasks of COMPLETED jobs without the model's answer");
    }

    @Test
    void aTaskWithoutAnAnswerBreaksAPromise() {
        asked(RIGHT.replace(", \"output\": \"answer to b\"", ""));
        asked("{\"tasks\": []}");

        assertThat(broken()).containsExactly("tasks of COMPLETED jobs without the model's answer");
    }

    @Test
    void anEndThatNobodyWasToldBreaksAPromise() {
        asked(RIGHT);
        events.clear();

        assertThat(broken()).containsExactly("completion events lost");
    }

    @Test
    void theEventOfAnEarlierEndIsNotThatOfTheLastOne() {
        Job job = StoredJob.aJob()
                .inference()
                .attempt(1, 2, Attempt.Outcome.INTERRUPTED)
                .status(JobStatus.CANCELLED)
                .build();
        table.put(job.id(), job);
        events.put(job.id() + "-" + StoredJob.at(1).toEpochMilli(), 1L);

        assertThat(broken()).containsExactly("completion events lost");
    }

    @Test
    void permitsThatDoNotReturnBreakAPromise() {
        permitsBack = Optional.empty();

        assertThat(broken()).containsExactly("permits of killed workers that did not return");
    }

    private void asked(String result) {
        Job job = StoredJob.aJob().inference().ran(1, 2).build();
        table.put(job.id(), job);
        results.put(job.id(), result);
        events.put(job.id() + "-" + Objects.requireNonNull(job.finishedAt()).toEpochMilli(), 2L);
        acknowledged.put(
                job.id(),
                new PlannedJob(job.id(), job.userId(), null, new Work.Inference(List.of("a", "b")), "NORMAL", null));
    }

    private List<String> broken() {
        DomainStatistics models =
                new DomainStatistics(new TreeMap<>(), 0, 20, 0, Map.of(Limit.CONCURRENCY, tooMany), Behaviour.Kind.OK);
        InferenceState state = new InferenceState(results, events, models, permitsBack);
        return new InferenceVerifier(acknowledged, table, state, question -> "answer to " + question)
                .checks().stream()
                        .filter(check -> !check.holds())
                        .map(Check::label)
                        .toList();
    }
}
