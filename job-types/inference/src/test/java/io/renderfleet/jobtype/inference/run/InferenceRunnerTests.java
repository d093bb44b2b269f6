package io.renderfleet.jobtype.inference.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.fakellm.Behaviour;
import io.renderfleet.fakellm.Behaviour.Kind;
import io.renderfleet.fakellm.DomainLimits;
import io.renderfleet.fakellm.FakeLlm;
import io.renderfleet.fakellm.FakeLlmSettings;
import io.renderfleet.fakellm.Latency;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobPayload;
import io.renderfleet.jobtype.AttemptException.DeferredException;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.cache.AnswerCache;
import io.renderfleet.jobtype.inference.fetch.TestImages;
import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyId;
import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.KeySettings;
import io.renderfleet.jobtype.inference.keys.Secret;
import io.renderfleet.jobtype.inference.keys.Strategy;
import io.renderfleet.jobtype.inference.model.ModelClient;
import io.renderfleet.jobtype.inference.model.Provider;
import io.renderfleet.jobtype.inference.run.ModelPools.ModelPool;
import io.renderfleet.jobtype.inference.settings.InferenceSettings.CacheSettings;
import io.renderfleet.testing.StoppableAttempt;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** Whole jobs, with real calls over HTTP and one key for each of two quota domains. */
@Timeout(60)
class InferenceRunnerTests {
    private static final DomainName FIRST = new DomainName("first");
    private static final DomainName SECOND = new DomainName("second");
    private static final JsonNode SCHEMA = json("""
            {"type": "object", "required": ["riskLevel"],
             "properties": {"riskLevel": {"type": "string", "enum": ["low", "medium", "high"]}}}""");

    private final FakeLlm llm = FakeLlm.start(FakeLlmSettings.defaults()
            .withLatency(new Latency(Duration.ofMillis(50), Duration.ofMillis(60)))
            .withKeys(
                    Map.of("first", DomainLimits.NONE, "second", DomainLimits.NONE),
                    Map.of("sk-a", "first", "sk-b", "second")));
    private final ModelClient client = new ModelClient(new Provider(
            URI.create(llm.url() + "/v1"), Provider.Kind.OPENAI, Map.of(), Map.of(), Duration.ofSeconds(10)));
    private final KeyPool keys = new KeyPool(
            new KeyPoolSettings(
                    Strategy.ROUND_ROBIN,
                    Map.of(FIRST, limits(), SECOND, limits()),
                    List.of(key("a", FIRST), key("b", SECOND))),
            Clock.systemUTC(),
            new Random(1));
    private final ModelPools pools = new ModelPools(List.of(new ModelPool(
            keys,
            client,
            new Endpoint("test", Clock.systemUTC(), Duration.ofSeconds(3)),
            Map.of("assessment", "fake"))));
    private final InferenceRunner runner =
            new InferenceRunner(pools, TestImages.none(), cache(Duration.ofMinutes(5)), 50, Clock.systemUTC());

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        client.close();
        llm.close();
    }

    private static AnswerCache cache(Duration keep) {
        return AnswerCache.of(
                new CacheSettings(keep, DataSize.ofMegabytes(1), null), "test", new SimpleMeterRegistry());
    }

    private static KeyPoolSettings.DomainLimits limits() {
        return new KeyPoolSettings.DomainLimits(null, null, null, 100);
    }

    private static KeySettings key(String id, DomainName domain) {
        return new KeySettings(new KeyId(id), domain, 1, Secret.of("a test", "sk-" + id));
    }

    private static JsonNode json(String text) {
        try {
            return JsonMapper.builder().build().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static JobPayload job(int tasks, @Nullable Instant deadline) {
        return InferencePayload.FORMAT.write(new InferencePayload(
                "assessment",
                IntStream.rangeClosed(1, tasks)
                        .mapToObj(i -> new Task(
                                "group-" + i,
                                json("[{\"role\": \"user\", \"content\": \"What is the risk of group " + i + "?\"}]"),
                                SCHEMA,
                                null,
                                null))
                        .toList(),
                deadline,
                null));
    }

    private static @Nullable Instant soon(Duration time) {
        return Instant.now().plus(time);
    }

    private StoppableAttempt attempt() {
        return new StoppableAttempt(JobId.random(), directory, null);
    }

    private StoppableAttempt next(StoppableAttempt before) {
        return new StoppableAttempt(before.jobId(), directory, before.keptForNext());
    }

    private JsonNode answer(JobPayload job, StoppableAttempt attempt) throws IOException, InterruptedException {
        JobOutput output = runner.run(job, attempt);
        assertThat(output.contentType()).isEqualTo("application/json");
        return json(Files.readString(output.file()));
    }

    private void everyKey(Behaviour behaviour) {
        List.of("sk-a", "sk-b").forEach(secret -> llm.setKeyBehaviour(secret, behaviour));
    }

    @Test
    void answersAllTasksOfAJobAtTheSameTime() throws Exception {
        StoppableAttempt attempt = attempt();
        JsonNode answer = answer(job(64, null), attempt);

        assertThat(answer.path("partial").asBoolean()).isFalse();
        assertThat(answer.path("tasks")).hasSize(64);
        assertThat(answer.path("tasks").get(63).path("taskId").asText()).isEqualTo("group-64");
        assertThat(answer.path("tasks").get(63).path("status").asText()).isEqualTo("answered");
        assertThat(answer.path("tasks").get(63).path("output").path("riskLevel").asText())
                .isIn("low", "medium", "high");
        assertThat(answer.path("usage").path("promptTokens").asLong()).isPositive();
        assertThat(llm.statistics().highestConcurrency()).isBetween(10, 50);
        assertThat(attempt.progressed()).isEqualTo(1);
        assertThat(attempt.keptForNext()).isNull();
    }

    @Test
    void reportsOneBadTaskAndAnswersTheOthers() throws Exception {
        JobPayload job = job(63, null);
        InferencePayload payload = InferencePayload.FORMAT.read(job);
        List<Task> tasks = new ArrayList<>(payload.tasks());
        // The fake refuses it as OpenAI does.
        tasks.add(30, new Task("bad", json("[{\"role\": \"nobody\", \"content\": \"?\"}]"), null, null, null));
        JsonNode answer =
                answer(InferencePayload.FORMAT.write(new InferencePayload("assessment", tasks, null, null)), attempt());

        assertThat(answer.path("partial").asBoolean()).isTrue();
        assertThat(answer.path("tasks")
                        .valueStream()
                        .filter(task -> task.path("status").asText().equals("answered")))
                .hasSize(63);
        JsonNode bad = answer.path("tasks").get(30);
        assertThat(bad.path("status").asText()).isEqualTo("failed");
        assertThat(bad.path("error").path("code").asText()).isNotBlank();
    }

    @Test
    void reportsTheTaskWhoseImageCannotBeUsedAndAnswersTheOthers() throws Exception {
        List<Task> tasks =
                new ArrayList<>(InferencePayload.FORMAT.read(job(2, null)).tasks());
        tasks.add(new Task("bad", json("""
                        [{"role": "user", "content": [{"type": "image_url",
                          "image_url": {"url": "https://169.254.169.254/latest/meta-data"}}]}]"""), null, null, null));
        JsonNode answer =
                answer(InferencePayload.FORMAT.write(new InferencePayload("assessment", tasks, null, null)), attempt());

        assertThat(answer.path("tasks")
                        .valueStream()
                        .map(task -> task.path("status").asText()))
                .containsExactly("answered", "answered", "failed");
        assertThat(answer.at("/tasks/2/error/code").asText()).isEqualTo("image-not-allowed");
        assertThat(answer.at("/tasks/2/error/message").asText())
                .isEqualTo("Images are not fetched from the host 169.254.169.254.");
    }

    @Test
    void completesWithTheAnswersThatThereAreAtTheDeadline() throws Exception {
        llm.setKeyBehaviour("sk-b", Behaviour.of(Kind.HANG));
        JsonNode answer = answer(job(8, soon(Duration.ofSeconds(2))), attempt());

        assertThat(answer.path("partial").asBoolean()).isTrue();
        List<String> ends = answer.path("tasks")
                .valueStream()
                .map(task -> task.path("status").asText())
                .toList();
        assertThat(ends).contains("answered", "unfinished").doesNotContain("failed");
        assertThat(answer.path("tasks")
                        .valueStream()
                        .filter(task -> task.path("status").asText().equals("unfinished")))
                .allMatch(task -> task.path("error").path("code").asText().equals("deadline"));
        assertThat(keys.inUse(SECOND)).isZero();
    }

    @Test
    void defersAJobWhenAllKeysCoolDownAndDoesNotAskAgainForTheAnswersThatItHas() throws Exception {
        everyKey(Behaviour.of(Kind.RATE_LIMITED).withRetryAfter(Duration.ofSeconds(15)));
        StoppableAttempt limited = new StoppableAttempt(JobId.random(), directory, keptAnswers(3));
        assertThatExceptionOfType(DeferredException.class)
                .isThrownBy(() -> runner.run(job(8, null), limited))
                .satisfies(deferred -> assertThat(deferred.until())
                        .isBetween(Instant.now().plusSeconds(10), Instant.now().plusSeconds(30)));
        assertThat(json(Objects.requireNonNull(limited.keptForNext()))).hasSize(3);
        assertThat(runner.closedPool()).isPresent();
    }

    private static String keptAnswers(int count) {
        StringBuilder kept = new StringBuilder("[");
        for (int i = 1; i <= count; i++) {
            kept.append(i == 1 ? "" : ",")
                    .append("{\"taskId\": \"group-" + i + "\", \"status\": \"answered\", \"output\": {\"riskLevel\":"
                            + " \"kept\"}, \"usage\": {\"promptTokens\": 10, \"completionTokens\": 5}}");
        }
        return kept.append(']').toString();
    }

    @Test
    void doesNotAskAgainForWhatAnEarlierAttemptKept() throws Exception {
        JsonNode answer = answer(job(5, null), new StoppableAttempt(JobId.random(), directory, keptAnswers(3)));

        assertThat(llm.journal().count()).isEqualTo(2);
        assertThat(answer.path("tasks").get(0).path("output").path("riskLevel").asText())
                .isEqualTo("kept");
        assertThat(answer.path("tasks").get(4).path("output").path("riskLevel").asText())
                .isIn("low", "medium", "high");
        assertThat(answer.path("usage").path("completionTokens").asLong()).isGreaterThan(15);
    }

    @Test
    void asksAgainWhenWhatWasKeptCannotBeRead() throws Exception {
        answer(job(2, null), new StoppableAttempt(JobId.random(), directory, "[{"));
        assertThat(llm.journal().count()).isEqualTo(2);
    }

    @Test
    void keepsTheAnswersOfAnAttemptThatIsStopped() throws Exception {
        llm.setKeyBehaviour("sk-b", Behaviour.of(Kind.HANG));
        StoppableAttempt attempt = attempt();
        CompletableFuture<JobOutput> run = CompletableFuture.supplyAsync(() -> {
            try {
                return runner.run(job(4, null), attempt);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        attempt.awaitProgress(0.5);
        attempt.stop();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> run.get(5, TimeUnit.SECONDS))
                .withCauseInstanceOf(StoppedException.class);
        assertThat(json(Objects.requireNonNull(attempt.keptForNext()))).hasSize(2);
        assertThat(keys.inUse(FIRST) + keys.inUse(SECOND)).isZero();

        llm.setKeyBehaviour("sk-b", Behaviour.OK);
        // The server notices a little later that the client of a call has gone.
        awaitCalls(4);
        assertThat(answer(job(4, null), next(attempt)).path("partial").asBoolean())
                .isFalse();
        assertThat(llm.journal().count()).isEqualTo(6);
    }

    private void awaitCalls(long count) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(20);
        while (llm.journal().count() < count && Instant.now().isBefore(end)) {
            Thread.sleep(10);
        }
        assertThat(llm.journal().count()).isEqualTo(count);
    }

    @Test
    void completesAJobWhoseDeadlineIsBeforeTheKeysCanBeUsedAgain() throws Exception {
        everyKey(Behaviour.of(Kind.RATE_LIMITED).withRetryAfter(Duration.ofSeconds(60)));
        JsonNode answer = answer(job(2, soon(Duration.ofSeconds(20))), attempt());

        assertThat(answer.path("tasks").valueStream())
                .allMatch(task -> task.path("error").path("code").asText().equals("no-capacity"));
    }

    @Test
    void makesNoCallForAJobWhoseDeadlineHasPassed() throws Exception {
        JsonNode answer = answer(job(2, soon(Duration.ofSeconds(-1))), attempt());

        assertThat(answer.path("partial").asBoolean()).isTrue();
        assertThat(llm.journal().count()).isZero();
    }

    @Test
    void makesNoMoreCallsAtATimeThanTheWorkerMay() throws Exception {
        InferenceRunner careful =
                new InferenceRunner(pools, TestImages.none(), cache(Duration.ZERO), 3, Clock.systemUTC());
        careful.run(job(12, null), attempt());
        assertThat(llm.statistics().highestConcurrency()).isBetween(2, 3);
    }

    @Test
    void rejectsAJobWhoseModelNoPoolOffers() {
        InferencePayload other = new InferencePayload(
                "gpt", InferencePayload.FORMAT.read(job(1, null)).tasks(), null, null);
        assertThatExceptionOfType(JobRejectedException.class)
                .isThrownBy(() -> runner.run(InferencePayload.FORMAT.write(other), attempt()))
                .withMessageContaining("unknown-model")
                .withMessageContaining("The models are [assessment]");
    }

    @Test
    void jobsWaitForAProviderThatFailsAndDoNotFail() throws Exception {
        everyKey(Behaviour.of(Kind.ERROR).withStatus(503));
        StoppableAttempt attempt = attempt();
        // On a loaded machine, the time may be over before it is compared.
        Instant begun = Instant.now();
        assertThatExceptionOfType(DeferredException.class)
                .isThrownBy(() -> runner.run(job(16, null), attempt))
                .satisfies(deferred -> assertThat(deferred.until())
                        .isBetween(begun, Instant.now().plusSeconds(4)));
        // Each task was tried about once, and none with every retry.
        assertThat(llm.journal().count()).isLessThan(32);
        long calls = llm.journal().count();
        assertThatExceptionOfType(DeferredException.class).isThrownBy(() -> runner.run(job(16, null), next(attempt)));
        // At most a test of the provider, if the wait was over.
        assertThat(llm.journal().count()).isBetween(calls, calls + 1);

        everyKey(Behaviour.OK);
        Instant end = Instant.now().plusSeconds(20);
        while (runner.closedPool().isPresent() && Instant.now().isBefore(end)) {
            Thread.sleep(50);
        }
        assertThat(answer(job(16, null), next(attempt)).path("partial").asBoolean())
                .isFalse();
    }

    @Test
    void aFailingTaskAmongOthersFailsAlone() throws Exception {
        llm.setKeyBehaviour("sk-a", Behaviour.of(Kind.ERROR).forCalls(1));
        assertThat(answer(job(30, null), attempt()).path("partial").asBoolean()).isFalse();
        assertThat(runner.closedPool()).isEmpty();
    }

    @Test
    void isOpenWhileAKeyCanBeUsed() {
        assertThat(runner.closedPool()).isEmpty();
        keys.disable(new KeyId("a"));
        assertThat(runner.closedPool()).isEmpty();
        keys.disable(new KeyId("b"));
        assertThat(runner.closedPool()).isPresent();
        keys.enable(new KeyId("b"));
        assertThat(runner.closedPool()).isEmpty();
        assertThat(new InferenceRunner(
                                new ModelPools(List.of()),
                                TestImages.none(),
                                cache(Duration.ZERO),
                                1,
                                Clock.systemUTC())
                        .closedPool())
                .isEmpty();
    }

    private static JobPayload deterministic(String question) {
        return InferencePayload.FORMAT.write(new InferencePayload(
                "assessment",
                List.of(new Task(
                        "only", json("[{\"role\": \"user\", \"content\": \"" + question + "\"}]"), SCHEMA, null, 0.0)),
                null,
                null));
    }

    @Test
    void theSameDeterministicQuestionIsPaidOnce() throws Exception {
        JsonNode first = answer(deterministic("How risky is it?"), attempt());
        assertThat(first.path("tasks").get(0).has("cached")).isFalse();
        JsonNode again = answer(deterministic("How risky is it?"), attempt());
        assertThat(llm.journal().count()).isEqualTo(1);
        assertThat(again.path("tasks").get(0).path("output"))
                .isEqualTo(first.path("tasks").get(0).path("output"));
        assertThat(again.path("tasks").get(0).path("cached").asBoolean()).isTrue();
        assertThat(again.path("usage").path("promptTokens").asLong(-1)).isZero();

        answer(deterministic("How risky is that?"), attempt());
        assertThat(llm.journal().count()).isEqualTo(2);
    }

    @Test
    void anAnswerThatDoesNotSatisfyTheSchemaIsNotKept() throws Exception {
        everyKey(Behaviour.of(Kind.BROKEN_JSON));
        JsonNode first = answer(deterministic("How risky is it?"), attempt());
        assertThat(first.path("partial").asBoolean()).isTrue();
        everyKey(Behaviour.OK);
        JsonNode again = answer(deterministic("How risky is it?"), attempt());
        assertThat(again.path("partial").asBoolean()).isFalse();
        assertThat(again.path("tasks").get(0).has("cached")).isFalse();
    }
}
