package io.renderfleet.fakellm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits, with many calls at once, over HTTP. The test decides what time it is. */
class FakeLlmLimitsTests {
    private static final int THREADS = 50;

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void acceptsExactlyTheRequestsOfAMinute() throws Exception {
        try (var llm = start(DomainLimits.NONE.withRpm(20), true);
                var client = new Client(llm)) {
            var answers = Client.atOnce(THREADS, () -> client.ask("key-of-a", Client.QUESTION));

            assertThat(statuses(answers)).isEqualTo(Map.of(200, 20L, 429, 30L));
            assertThat(violations(llm))
                    .isEqualTo(Map.of(Limit.RPM, 30L, Limit.TPM, 0L, Limit.RPS, 0L, Limit.CONCURRENCY, 0L));
            var refused = answers.stream()
                    .filter(answer -> answer.status() == 429)
                    .findFirst()
                    .orElseThrow();
            assertThat(refused.error().path("code").asText()).isEqualTo("rate_limit_exceeded");
            assertThat(refused.error().path("type").asText()).isEqualTo("requests");
            assertThat(refused.error().path("message").asText())
                    .isEqualTo(
                            "Rate limit reached for qwen-vl in organization a on requests per min (RPM): Limit 20, Used"
                                    + " 20, Requested 1. Please try again in 60s.");
            assertThat(refused.header("Retry-After")).isEqualTo("60");

            advance(Duration.ofSeconds(60).minusNanos(1));
            assertThat(client.ask("key-of-a", Client.QUESTION).status()).isEqualTo(429);
            advance(Duration.ofNanos(1));
            assertThat(client.ask("key-of-a", Client.QUESTION).status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatNeverPausesStaysRefused() throws Exception {
        try (var llm = start(DomainLimits.NONE.withRpm(20), true);
                var client = new Client(llm)) {
            Client.atOnce(20, () -> client.ask("key-of-a", Client.QUESTION));
            advance(Duration.ofSeconds(59));
            Client.atOnce(20, () -> client.ask("key-of-a", Client.QUESTION));
            advance(Duration.ofSeconds(59));
            assertThat(client.ask("key-of-a", Client.QUESTION).header("Retry-After"))
                    .isEqualTo("1");
            advance(Duration.ofSeconds(1));
            assertThat(client.ask("key-of-a", Client.QUESTION).status()).isEqualTo(200);
        }
    }

    @Test
    void eachExceededLimitIsAViolation() {
        try (var llm = start(DomainLimits.NONE.withRpm(1).withRps(1), true);
                var client = new Client(llm)) {
            client.ask("key-of-a", Client.QUESTION);
            assertThat(client.ask("key-of-a", Client.QUESTION).status()).isEqualTo(429);
            assertThat(violations(llm)).containsEntry(Limit.RPM, 1L).containsEntry(Limit.RPS, 1L);
            assertThat(llm.journal().calls().getLast().violated()).contains(Limit.RPS);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DASHSCOPE, 1, 0, limit_requests",
        "DASHSCOPE, 0, 70, insufficient_quota",
        "VLLM, 1, 0, 429",
        "OPENAI, 0, 70, rate_limit_exceeded"
    })
    void aLimitHasTheErrorOfTheProvider(Provider provider, int rpm, int tpm, String code) {
        var limits = DomainLimits.NONE.withRpm(rpm).withTpm(tpm);
        try (var llm = FakeLlm.start(settings(limits, true).withProvider(provider));
                var client = new Client(llm)) {
            var answers = IntStream.range(0, 5)
                    .mapToObj(_ -> client.ask("key-of-a", Client.QUESTION))
                    .toList();
            assertThat(answers.getFirst().status()).isEqualTo(200);
            assertThat(answers.getLast().status()).isEqualTo(429);
            assertThat(answers.getLast().error().path("code").asText()).isEqualTo(code);
            assertThat(answers.getLast().header("Retry-After")).isNotEmpty();
        }
    }

    @Test
    void acceptsExactlyTheRequestsOfASecond() throws Exception {
        try (var llm = start(DomainLimits.NONE.withRps(7), false);
                var client = new Client(llm)) {
            var answers = Client.atOnce(THREADS, () -> client.ask("key-of-a", Client.QUESTION));
            assertThat(statuses(answers)).isEqualTo(Map.of(200, 7L, 429, 43L));
            assertThat(answers)
                    .allSatisfy(
                            answer -> assertThat(answer.header("Retry-After")).isEmpty());
            advance(Duration.ofSeconds(1));
            assertThat(client.ask("key-of-a", Client.QUESTION).status()).isEqualTo(200);
            assertThat(violations(llm)).containsEntry(Limit.RPS, 43L).containsEntry(Limit.RPM, 0L);
        }
    }

    @Test
    void acceptsExactlyTheTokensOfAMinute() throws Exception {
        int tokens;
        try (var llm = start(DomainLimits.NONE, true);
                var client = new Client(llm)) {
            tokens = client.ask("key-of-a", Client.QUESTION)
                    .json()
                    .path("usage")
                    .path("total_tokens")
                    .asInt();
            assertThat(llm.statistics().domain("a").tokens()).isEqualTo(tokens);
        }
        try (var llm = start(DomainLimits.NONE.withTpm(10 * tokens + tokens - 1), true);
                var client = new Client(llm)) {
            var answers = Client.atOnce(THREADS, () -> client.ask("key-of-a", Client.QUESTION));
            assertThat(statuses(answers)).isEqualTo(Map.of(200, 10L, 429, 40L));
            assertThat(violations(llm)).containsEntry(Limit.TPM, 40L);
            var refused = answers.stream()
                    .filter(answer -> answer.status() == 429)
                    .findFirst()
                    .orElseThrow();
            assertThat(refused.error().path("type").asText()).isEqualTo("tokens");
            advance(Duration.ofMinutes(1));
            assertThat(client.ask("key-of-a", Client.QUESTION).status())
                    .as("refused calls have no tokens")
                    .isEqualTo(200);
        }
    }

    @Test
    void aCallThatNeedsMoreTokensThanAMinuteHasIsTooLarge() {
        try (var llm = start(DomainLimits.NONE.withTpm(5), true);
                var client = new Client(llm)) {
            var answer = client.ask("key-of-a", Client.QUESTION);
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.error().path("message").asText()).startsWith("Request too large for qwen-vl");
            assertThat(answer.header("Retry-After")).isEmpty();
        }
    }

    @Test
    void theKeysOfADomainShareItsLimits() throws Exception {
        try (var llm = start(DomainLimits.NONE.withRpm(20), true);
                var client = new Client(llm)) {
            var next = new AtomicLong();
            var answers = Client.atOnce(
                    THREADS,
                    () -> client.ask(
                            next.incrementAndGet() % 2 == 0 ? "key-of-a" : "second-key-of-a", Client.QUESTION));
            assertThat(statuses(answers)).isEqualTo(Map.of(200, 20L, 429, 30L));
            assertThat(client.ask("key-of-b", Client.QUESTION).status())
                    .as("another domain")
                    .isEqualTo(200);
        }
    }

    @Test
    void acceptsExactlyTheCallsAtTheSameTime() throws Exception {
        try (var llm = start(DomainLimits.NONE.withConcurrency(20), true);
                var client = new Client(llm)) {
            llm.setDomainBehaviour("a", Behaviour.of(Behaviour.Kind.HANG));
            var calls = IntStream.range(0, THREADS)
                    .mapToObj(_ -> client.http()
                            .sendAsync(client.chat("key-of-a", Client.QUESTION), BodyHandlers.ofByteArray()))
                    .toList();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> calls.stream().filter(call -> call.isDone()).count() == 30);
            assertThat(calls.stream().filter(call -> call.isDone()))
                    .allSatisfy(call -> assertThat(call.join().statusCode()).isEqualTo(429));
            var domain = llm.statistics().domain("a");
            assertThat(domain.inProgress()).isEqualTo(20);
            assertThat(domain.highestConcurrency())
                    .as("20, and one that was refused")
                    .isEqualTo(21);
            assertThat(domain.violations()).containsEntry(Limit.CONCURRENCY, 30L);
            assertThat(llm.statistics().highestConcurrency()).isGreaterThanOrEqualTo(21);

            // Clients that have given up do not count any more.
            calls.forEach(call -> call.cancel(true));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> llm.statistics().domain("a").inProgress() == 0);
            llm.setDomainBehaviour("a", Behaviour.OK);
            assertThat(client.ask("key-of-a", Client.QUESTION).status()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(llm.statistics().domain("a").statuses())
                            .isEqualTo(Map.of(0, 20L, 200, 1L, 429, 30L)));
        }
    }

    @Test
    void aClientThatKeepsALimitNeverExceedsIt() throws Exception {
        var settings = settings(DomainLimits.NONE.withConcurrency(5), true)
                .withLatency(new Latency(Duration.ofMillis(2), Duration.ofMillis(5)));
        try (var llm = FakeLlm.start(settings);
                var client = new Client(llm)) {
            var permits = new Semaphore(5);
            var answers = Client.atOnce(300, () -> {
                permits.acquire();
                try {
                    return client.ask("key-of-a", Client.QUESTION);
                } finally {
                    permits.release();
                }
            });
            assertThat(statuses(answers)).isEqualTo(Map.of(200, 300L));
            assertThat(llm.statistics().violations()).isZero();
            assertThat(llm.statistics().highestConcurrency()).isEqualTo(5);
            assertThat(llm.journal().calls()).hasSize(300).allSatisfy(call -> {
                assertThat(call.secret()).isEqualTo("key-of-a");
                assertThat(call.toString()).doesNotContain("key-of-a");
            });
        }
    }

    private FakeLlm start(DomainLimits limits, boolean retryAfter) {
        return FakeLlm.start(settings(limits, retryAfter), nanos::get);
    }

    private static FakeLlmSettings settings(DomainLimits limits, boolean retryAfter) {
        return FakeLlmSettings.defaults()
                .withLatency(Latency.NONE)
                .withRetryAfter(retryAfter)
                .withKeys(
                        Map.of("a", limits, "b", DomainLimits.NONE),
                        Map.of("key-of-a", "a", "second-key-of-a", "a", "key-of-b", "b"));
    }

    private void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Map<Limit, Long> violations(FakeLlm llm) {
        return llm.statistics().domain("a").violations();
    }

    private static Map<Integer, Long> statuses(List<Client.Answer> answers) {
        return answers.stream().collect(Collectors.groupingBy(Client.Answer::status, Collectors.counting()));
    }
}
