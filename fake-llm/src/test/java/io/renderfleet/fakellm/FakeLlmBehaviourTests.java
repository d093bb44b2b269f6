package io.renderfleet.fakellm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FakeLlmBehaviourTests {
    private static final String KEY = "key-of-a";

    private final AtomicLong nanos = new AtomicLong();
    private FakeLlm llm;
    private Client client;

    @BeforeEach
    void start() {
        llm = FakeLlm.start(
                FakeLlmSettings.defaults()
                        .withLatency(Latency.NONE)
                        .withKeys(
                                Map.of("a", DomainLimits.NONE, "b", DomainLimits.NONE),
                                Map.of(KEY, "a", "second-key-of-a", "a", "key-of-b", "b")),
                nanos::get);
        client = new Client(llm);
    }

    @AfterEach
    void stop() {
        client.close();
        llm.close();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            RATE_LIMITED,    OPENAI,    429, requests,                  rate_limit_exceeded
            RATE_LIMITED,    DASHSCOPE, 429, limit_requests,            limit_requests
            RATE_LIMITED,    VLLM,      429, RateLimitError,            429
            BURST_LIMITED,   OPENAI,    429, rate_limit_error,          slow_down
            BURST_LIMITED,   DASHSCOPE, 429, limit_burst_rate,          limit_burst_rate
            QUOTA_EXHAUSTED, OPENAI,    429, insufficient_quota,        insufficient_quota
            QUOTA_EXHAUSTED, DASHSCOPE, 400, Arrearage,                 Arrearage
            QUOTA_EXHAUSTED, VLLM,      402, insufficient_quota,        402
            UNAUTHORIZED,    OPENAI,    401, invalid_request_error,     invalid_api_key
            UNAUTHORIZED,    DASHSCOPE, 401, invalid_request_error,     invalid_api_key
            FORBIDDEN,       OPENAI,    403, request_forbidden,         unsupported_country_region_territory
            FORBIDDEN,       DASHSCOPE, 403, access_denied,             access_denied
            ERROR,           OPENAI,    500, server_error,              -
            ERROR,           DASHSCOPE, 500, internal_error,            internal_error
            ERROR,           VLLM,      500, InternalServerError,       500
            CONTENT_FILTER,  DASHSCOPE, 400, data_inspection_failed,    data_inspection_failed
            """)
    void errorsHaveTheShapeOfTheProvider(Behaviour.Kind kind, Provider provider, int status, String type, String code) {
        llm.setKeyBehaviour(KEY, Behaviour.of(kind).withProvider(provider));
        var answer = ask();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error().path("message").asText()).isNotBlank();
        assertThat(answer.error().path("type").asText()).isEqualTo(type);
        assertThat(
                        answer.error().path("code").isNull()
                                ? null
                                : answer.error().path("code").asText())
                .isEqualTo(code);
        assertThat(answer.error().path("code").isNumber()).isEqualTo(provider == Provider.VLLM);
        assertThat(answer.header("Retry-After")).isEmpty();
        assertThat(new String(answer.response().body(), StandardCharsets.UTF_8)).doesNotContain(KEY);
    }

    @Test
    void theErrorTextOfABurstIsTheOneOfDashScope() {
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.BURST_LIMITED).withProvider(Provider.DASHSCOPE));
        assertThat(ask().error().path("message").asText()).startsWith("Request rate increased too quickly.");
    }

    @Test
    void aWrongKeyOfVllmGetsAnErrorThatIsAString() {
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.UNAUTHORIZED).withProvider(Provider.VLLM));
        assertThat(ask().json().path("error").asText()).isEqualTo("Unauthorized");
    }

    @Test
    void errorsCanHaveAnotherStatusAndRetryAfter() {
        llm.setKeyBehaviour(
                KEY, Behaviour.of(Behaviour.Kind.ERROR).withStatus(503).withRetryAfter(Duration.ofSeconds(7)));
        assertThat(ask().status()).isEqualTo(503);
        assertThat(ask().header("Retry-After")).isEqualTo("7");
        assertThat(ask().error().path("code").asText()).isEqualTo("server_is_overloaded");
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.QUOTA_EXHAUSTED).withStatus(402));
        assertThat(ask().status()).isEqualTo(402);
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.RATE_LIMITED).withRetryAfter(Duration.ofSeconds(90)));
        assertThat(ask().header("Retry-After")).isEqualTo("90");
    }

    @Test
    void theContentFilterOfOpenAiAnswersWithoutAText() {
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.CONTENT_FILTER));
        var answer = ask();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.choice().path("finish_reason").asText()).isEqualTo("content_filter");
        assertThat(answer.choice().path("message").path("content").isNull()).isTrue();
    }

    @Test
    void textsCanBeFencedBrokenOrOfAnotherSchema() {
        var correct = ask();
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.FENCED));
        assertThat(ask().text()).isEqualTo("Here is the assessment:\n\n```json\n" + correct.text() + "\n```\n");

        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.BROKEN_JSON));
        var broken = ask().text();
        assertThat(correct.text()).startsWith(broken).isNotEqualTo(broken);

        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.WRONG_SCHEMA).forCalls(1));
        assertThat(ask().object().has("riskLevel")).isFalse();
        assertThat(ask().text()).as("the second call").isEqualTo(correct.text());
    }

    @Test
    void textsCanBeHugeOrNestedDeep() {
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.HUGE));
        var huge = ask();
        assertThat(huge.status()).isEqualTo(200);
        assertThat(huge.response().body()).hasSizeGreaterThan(50_000_000);
        assertThat(huge.response().body()).endsWith((byte) '}');

        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.DEEP));
        String deep = ask().text();
        assertThat(deep).startsWith("{\"a\":{\"a\":").endsWith("}}");
        assertThat(deep.chars().filter(c -> c == '{').count()).isEqualTo(10_000);
        assertThat(deep.chars().filter(c -> c == '}').count()).isEqualTo(10_000);
    }

    @Test
    void aSlowBodyArrivesAtOneByteASecond() throws Exception {
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.SLOW_BODY));
        var response = client.http().send(client.chat(KEY, Client.QUESTION), BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        long begun = System.nanoTime();
        try (var body = response.body()) {
            assertThat(new String(body.readNBytes(3), StandardCharsets.UTF_8)).isEqualTo("{\"i");
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isBetween(Duration.ofMillis(1_500), Duration.ofSeconds(10));
            assertThat(llm.statistics().domain("a").inProgress()).isEqualTo(1);
        }
        await().atMost(Duration.ofSeconds(10))
                .until(() -> llm.statistics().domain("a").inProgress() == 0);
        assertThat(llm.journal().calls())
                .singleElement()
                .satisfies(call -> assertThat(call.status()).isZero());
    }

    @Test
    void aHungCallEndsWithItsClient() {
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.HANG));
        var request = client.request("/v1/chat/completions", KEY)
                .timeout(Duration.ofMillis(300))
                .POST(BodyPublishers.ofString(Client.QUESTION))
                .build();
        assertThatExceptionOfType(HttpTimeoutException.class)
                .isThrownBy(() -> client.http().send(request, BodyHandlers.ofByteArray()));
        await().atMost(Duration.ofSeconds(10)).until(() -> llm.journal().count() == 1);
        assertThat(llm.journal().calls().getFirst().behaviour()).isEqualTo(Behaviour.Kind.HANG);
        assertThat(llm.statistics().domain("a").inProgress()).isZero();
    }

    @Test
    void closingTheServerEndsHungCalls() {
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.HANG));
        var call = client.http().sendAsync(client.chat(KEY, Client.QUESTION), BodyHandlers.ofByteArray());
        await().atMost(Duration.ofSeconds(10))
                .until(() -> llm.statistics().domain("a").inProgress() == 1);
        llm.close();
        assertThat(call).failsWithin(Duration.ofSeconds(10)).withThrowableThat().withCauseInstanceOf(IOException.class);
    }

    @Test
    void behavioursEndAfterTheirCalls() throws Exception {
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.ERROR).forCalls(3));
        var answers = Client.atOnce(20, this::ask);
        assertThat(answers.stream().filter(answer -> answer.status() == 500)).hasSize(3);
        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(17);
    }

    @Test
    void behavioursEndAfterTheirTime() {
        llm.setDomainBehaviour("a", Behaviour.of(Behaviour.Kind.UNAUTHORIZED).forTime(Duration.ofSeconds(30)));
        nanos.addAndGet(Duration.ofSeconds(30).minusNanos(1).toNanos());
        assertThat(ask().status()).isEqualTo(401);
        nanos.incrementAndGet();
        assertThat(ask().status()).isEqualTo(200);
    }

    @Test
    void theBehaviourOfAKeyComesBeforeThatOfItsDomain() {
        llm.setDomainBehaviour("a", Behaviour.of(Behaviour.Kind.RATE_LIMITED));
        llm.setKeyBehaviour(KEY, Behaviour.of(Behaviour.Kind.QUOTA_EXHAUSTED).withStatus(402));
        assertThat(ask().status()).isEqualTo(402);
        assertThat(client.ask("second-key-of-a", Client.ASSESSMENT).status()).isEqualTo(429);
        assertThat(client.ask("key-of-b", Client.ASSESSMENT).status()).isEqualTo(200);
        llm.setKeyBehaviour(KEY, Behaviour.OK);
        assertThat(ask().status()).isEqualTo(429);
        llm.setDomainBehaviour("a", Behaviour.OK);
        assertThat(ask().status()).isEqualTo(200);
    }

    @Test
    void valuesWithoutMeaningAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Behaviour.OK.forCalls(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Behaviour.OK.forTime(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Behaviour.OK.withStatus(200));
        assertThatIllegalArgumentException().isThrownBy(() -> Behaviour.OK.withRetryAfter(Duration.ofSeconds(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Behaviour.of(Behaviour.Kind.ERROR).withStatus(400));
        assertThatIllegalArgumentException().isThrownBy(() -> llm.setKeyBehaviour("other", Behaviour.OK));
        assertThatIllegalArgumentException().isThrownBy(() -> llm.setDomainBehaviour("other", Behaviour.OK));
    }

    private Client.Answer ask() {
        return client.ask(KEY, Client.ASSESSMENT);
    }

    @Test
    void anAnswerIsKnownWithoutACall() {
        String answer = llm.answer(Client.ASSESSMENT);
        assertThat(llm.journal().count()).isZero();
        assertThat(ask().text()).isEqualTo(answer);
        assertThatIllegalArgumentException().isThrownBy(() -> llm.answer("{}")).withMessageContaining("model");
    }

    @Test
    void aCallWhoseClientIsGoneGoesOnAtAServerThatDoesNotNotice() {
        var latency = new Latency(Duration.ofSeconds(2), Duration.ofSeconds(2));
        try (var unaware = FakeLlm.start(FakeLlmSettings.defaults().withLatency(latency));
                var impatient = new Client(unaware)) {
            unaware.setNoticesClosed(false);
            var request = impatient
                    .request("/v1/chat/completions", "fake-key")
                    .timeout(Duration.ofMillis(300))
                    .POST(BodyPublishers.ofString(Client.ASSESSMENT))
                    .build();
            assertThatExceptionOfType(HttpTimeoutException.class)
                    .isThrownBy(() -> impatient.http().send(request, BodyHandlers.discarding()));
            await().untilAsserted(() -> assertThat(
                            unaware.statistics().domain("default").statuses())
                    .containsExactly(Map.entry(200, 1L)));
        }
    }
}
