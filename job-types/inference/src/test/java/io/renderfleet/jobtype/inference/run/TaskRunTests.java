package io.renderfleet.jobtype.inference.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.fakellm.Behaviour;
import io.renderfleet.fakellm.Behaviour.Kind;
import io.renderfleet.fakellm.Call;
import io.renderfleet.fakellm.DomainLimits;
import io.renderfleet.fakellm.FakeLlm;
import io.renderfleet.fakellm.FakeLlmSettings;
import io.renderfleet.fakellm.Latency;
import io.renderfleet.jobtype.inference.InferenceAnswer.Status;
import io.renderfleet.jobtype.inference.InferenceAnswer.TaskAnswer;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
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
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real calls over HTTP, with keys "a" and "b" of one quota domain and "c" of another. */
@Timeout(60)
class TaskRunTests {
    private static final DomainName FIRST = new DomainName("first");
    private static final DomainName SECOND = new DomainName("second");
    private static final JsonNode MESSAGES = json("[{\"role\": \"user\", \"content\": \"What is the risk?\"}]");
    private static final JsonNode SCHEMA = json("""
            {"type": "object", "required": ["riskLevel"], "additionalProperties": false,
             "properties": {"riskLevel": {"type": "string", "enum": ["low", "medium", "high"]}}}""");

    private final FakeLlm llm = FakeLlm.start(FakeLlmSettings.defaults()
            .withLatency(new Latency(Duration.ofMillis(5), Duration.ofMillis(10)))
            .withKeys(
                    Map.of("first", DomainLimits.NONE, "second", DomainLimits.NONE),
                    Map.of("sk-a", "first", "sk-b", "first", "sk-c", "second")));
    private final ModelClient client = new ModelClient(new Provider(
            URI.create(llm.url() + "/v1"), Provider.Kind.OPENAI, Map.of(), Map.of(), Duration.ofSeconds(2)));
    private final KeyPool keys = new KeyPool(
            new KeyPoolSettings(
                    Strategy.ROUND_ROBIN,
                    Map.of(FIRST, limits(), SECOND, limits()),
                    List.of(key("a", FIRST), key("b", FIRST), key("c", SECOND))),
            Clock.systemUTC(),
            new Random(1));

    private final Endpoint endpoint = new Endpoint("test", Clock.systemUTC());

    @AfterEach
    void stop() {
        client.close();
        llm.close();
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
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private TaskRun.End run(@Nullable JsonNode schema, Duration time) throws InterruptedException {
        Task task = new Task("group-1", MESSAGES, schema, null, null);
        return new TaskRun(
                        task,
                        "fake",
                        new ModelPool(keys, client, endpoint, Map.of()),
                        Instant.now().plus(time),
                        Clock.systemUTC(),
                        new Semaphore(100))
                .run();
    }

    private TaskAnswer answered(@Nullable JsonNode schema) throws InterruptedException {
        TaskRun.End end = run(schema, Duration.ofSeconds(30));
        assertThat(end).isInstanceOf(TaskRun.End.Answered.class);
        return ((TaskRun.End.Answered) end).answer();
    }

    private void everyKey(Behaviour behaviour) {
        List.of("sk-a", "sk-b", "sk-c").forEach(secret -> llm.setKeyBehaviour(secret, behaviour));
    }

    @Test
    void answersWithText() throws Exception {
        TaskAnswer answer = answered(null);

        assertThat(answer.status()).isEqualTo(Status.ANSWERED);
        assertThat(answer.taskId()).isEqualTo("group-1");
        assertThat(answer.output()).isNotNull();
        assertThat(answer.output().asText()).isNotBlank();
        assertThat(answer.usage()).isNotNull();
        assertThat(answer.usage().totalTokens()).isPositive();
        assertThat(answer.latencyMs()).isNotNull().isPositive();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"OK", "FENCED"})
    void answersWithAnObjectThatSatisfiesTheSchemaInOneCall(Kind kind) throws Exception {
        everyKey(Behaviour.of(kind));

        JsonNode output = Objects.requireNonNull(answered(SCHEMA).output());
        assertThat(output.path("riskLevel").asText()).isIn("low", "medium", "high");
        assertThat(llm.journal().count()).isOne();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"WRONG_SCHEMA", "BROKEN_JSON"})
    void asksOnceMoreForAnAnswerThatDoesNotSatisfyTheSchema(Kind kind) throws Exception {
        everyKey(Behaviour.of(kind).forCalls(1));
        llm.setKeyBehaviour("sk-b", Behaviour.OK);

        assertThat(answered(SCHEMA).status()).isEqualTo(Status.ANSWERED);
        assertThat(llm.journal().count()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"WRONG_SCHEMA", "BROKEN_JSON", "DEEP"})
    void givesUpWhenTheSecondAnswerIsWrongToo(Kind kind) throws Exception {
        everyKey(Behaviour.of(kind));

        TaskAnswer answer = answered(SCHEMA);
        assertThat(answer.status()).isEqualTo(Status.FAILED);
        assertThat(answer.error()).isNotNull().extracting("code").isEqualTo("schema-mismatch");
        assertThat(answer.usage()).as("what was paid for").isNotNull();
        assertThat(llm.journal().count()).isEqualTo(2);
    }

    @Test
    void goesToAnotherDomainAtOnceWhenOneLimitsItsCalls() throws Exception {
        llm.setDomainBehaviour("first", Behaviour.of(Kind.RATE_LIMITED));

        assertThat(answered(null).status()).isEqualTo(Status.ANSWERED);

        List<Call> calls = llm.journal().calls();
        assertThat(calls)
                .extracting(Call::secret)
                .as("no call with the sibling key of the limited domain")
                .containsExactly("sk-a", "sk-c");
        assertThat(Duration.between(calls.getFirst().at(), calls.getLast().at()))
                .as("no wait as before a retry")
                .isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void saysWhenThereIsCapacityAgainIfAllDomainsAreLimited() throws Exception {
        everyKey(Behaviour.of(Kind.RATE_LIMITED).withRetryAfter(Duration.ofSeconds(30)));

        assertThat(run(null, Duration.ofMinutes(5)))
                .isInstanceOfSatisfying(
                        TaskRun.End.NoCapacity.class,
                        none -> assertThat(none.until())
                                .isBetween(
                                        Instant.now().plusSeconds(25),
                                        Instant.now().plusSeconds(125)));
        assertThat(llm.journal().count()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"UNAUTHORIZED", "FORBIDDEN", "QUOTA_EXHAUSTED"})
    void aDeadKeyFailsNoTask(Kind kind) throws Exception {
        llm.setKeyBehaviour("sk-a", Behaviour.of(kind));

        for (int task = 0; task < 6; task++) {
            assertThat(answered(null).status()).isEqualTo(Status.ANSWERED);
        }
    }

    @Test
    void triesAgainAfterAFailureOfTheProvider() throws Exception {
        everyKey(Behaviour.of(Kind.ERROR).forCalls(1));
        llm.setKeyBehaviour("sk-b", Behaviour.OK);

        assertThat(answered(null).status()).isEqualTo(Status.ANSWERED);
        assertThat(llm.journal().count()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"HANG", "SLOW_BODY", "HUGE"})
    void endsAtTheDeadlineWhateverTheProviderDoes(Kind kind) throws Exception {
        everyKey(Behaviour.of(kind));

        long started = System.nanoTime();
        TaskRun.End end = run(null, Duration.ofSeconds(3));

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(8));
        assertThat(end)
                .isInstanceOfSatisfying(
                        TaskRun.End.Answered.class,
                        done -> assertThat(done.answer().status()).isIn(Status.UNFINISHED, Status.FAILED));
    }

    @Test
    void aRefusedTaskFailsWithoutAnotherCall() throws Exception {
        everyKey(Behaviour.of(Kind.CONTENT_FILTER));

        TaskAnswer answer = answered(null);
        assertThat(answer.status()).isEqualTo(Status.FAILED);
        assertThat(answer.error()).isNotNull().extracting("code").isEqualTo("content-filter");
        assertThat(llm.journal().count()).isOne();
    }

    @Test
    void returnsItsPermitsHoweverItEnds() throws Exception {
        everyKey(Behaviour.of(Kind.HANG));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TaskRun.End>> running = new ArrayList<>();
            for (int task = 0; task < 100; task++) {
                running.add(threads.submit(() -> run(null, Duration.ofSeconds(20))));
            }
            TimeUnit.MILLISECONDS.sleep(500);
            threads.shutdownNow();
            for (Future<TaskRun.End> task : running) {
                assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
                        .isThrownBy(() -> task.get(10, TimeUnit.SECONDS))
                        .withCauseInstanceOf(InterruptedException.class);
            }
        }
        assertThat(keys.keys()).allSatisfy(key -> assertThat(key.inUse()).isZero());
    }
}
