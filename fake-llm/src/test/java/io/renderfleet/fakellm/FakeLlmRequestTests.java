package io.renderfleet.fakellm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FakeLlmRequestTests {
    private static final String KEY = "fake-key";
    private static final FakeLlmSettings SETTINGS = FakeLlmSettings.defaults().withLatency(Latency.NONE);

    private FakeLlm llm;
    private Client client;

    @BeforeEach
    void start() {
        llm = FakeLlm.start(SETTINGS);
        client = new Client(llm);
    }

    @AfterEach
    void stop() {
        client.close();
        llm.close();
    }

    @Test
    void answersHaveTheShapeOfOpenAi() {
        var answer = client.ask(KEY, Client.QUESTION);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        var json = answer.json();
        assertThat(json.path("id").asText()).startsWith("chatcmpl-");
        assertThat(json.path("object").asText()).isEqualTo("chat.completion");
        assertThat(json.path("created").asLong()).isGreaterThan(1_700_000_000);
        assertThat(json.path("model").asText()).isEqualTo("qwen-vl");
        assertThat(json.path("choices").size()).isEqualTo(1);
        assertThat(answer.choice().path("message").path("role").asText()).isEqualTo("assistant");
        assertThat(answer.choice().path("finish_reason").asText()).isEqualTo("stop");
        assertThat(answer.text()).endsWith(".");
        var usage = json.path("usage");
        assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(5);
        assertThat(usage.path("completion_tokens").asInt()).isPositive();
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(5 + usage.path("completion_tokens").asInt());
    }

    @Test
    void answersFollowTheSchema() {
        var object = client.ask(KEY, Client.ASSESSMENT).object();
        assertThat(object.path("riskLevel").asText()).isIn("low", "medium", "high");
        assertThat(object.path("confidence").asDouble()).isBetween(0.0, 1.0);
        var free = client.ask(KEY, """
                {"model": "m", "messages": [{"role": "user", "content": "Answer in JSON."}],
                 "response_format": {"type": "json_object"}}""");
        assertThat(free.object().has("recommendedAction")).isTrue();
    }

    @Test
    void theSameSeedAndMessagesGiveTheSameAnswer() {
        String first = client.ask(KEY, Client.ASSESSMENT).text();
        assertThat(client.ask(KEY, Client.ASSESSMENT.replace("qwen-vl", "other"))
                        .text())
                .isEqualTo(first);
        assertThat(client.ask(KEY, Client.ASSESSMENT.replace("risky", "safe")).text())
                .isNotEqualTo(first);
        try (var same = FakeLlm.start(SETTINGS);
                var other = FakeLlm.start(SETTINGS.withSeed(2));
                var clientOfSame = new Client(same);
                var clientOfOther = new Client(other)) {
            assertThat(clientOfSame.ask(KEY, Client.ASSESSMENT).text()).isEqualTo(first);
            assertThat(clientOfOther.ask(KEY, Client.ASSESSMENT).text()).isNotEqualTo(first);
        }
    }

    @Test
    void imagesInfluenceTheAnswerAndCountAsTokens() {
        String picture = Client.ASSESSMENT.replace("\"How risky is this?\"", """
                [{"type": "text", "text": "How risky is this?"},
                 {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]""");
        var answer = client.ask(KEY, picture);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("usage").path("prompt_tokens").asInt()).isEqualTo(5 + ChatRequest.IMAGE_TOKENS);
        assertThat(client.ask(KEY, picture.replace("AAAA", "AAAB")).text()).isNotEqualTo(answer.text());
    }

    @Test
    void anAnswerEndsAtTheTokensOfTheRequest() {
        var answer = client.ask(KEY, Client.QUESTION.replace("{\"model\"", "{\"max_tokens\": 3, \"model\""));
        assertThat(answer.choice().path("finish_reason").asText()).isEqualTo("length");
        assertThat(answer.text()).hasSize(12);
        assertThat(answer.json().path("usage").path("completion_tokens").asInt())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            not JSON                                                     | JSON object
            [1]                                                          | JSON object
            {} {}                                                        | JSON object
            {"messages": []}                                             | model
            {"model": 1, "messages": []}                                 | model
            {"model": "m"}                                               | messages
            {"model": "m", "messages": []}                               | messages
            {"model": "m", "messages": [{"role": "boss", "content": ""}]}| messages[0].role
            {"model": "m", "messages": [{"role": "user"}]}               | messages[0].content
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "audio"}]}]} | messages[0].content[0].type
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "text"}]}]} | messages[0].content[0].text
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://a/b.png"}}]}]} | image URL
            {"model": "m", "messages": [{"role": "user", "content": ""}], "stream": true} | stream
            {"model": "m", "messages": [{"role": "user", "content": ""}], "n": 2} | one choice
            {"model": "m", "messages": [{"role": "user", "content": ""}], "max_tokens": 0} | max_tokens
            {"model": "m", "messages": [{"role": "user", "content": ""}], "response_format": {"type": "xml"}} | response_format.type
            {"model": "m", "messages": [{"role": "user", "content": ""}], "response_format": {"type": "json_object"}} | 'json'
            {"model": "m", "messages": [{"role": "user", "content": ""}], "response_format": {"type": "json_schema"}} | json_schema.name
            {"model": "m", "messages": [{"role": "user", "content": ""}], "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": 1}}} | json_schema.schema
            """)
    void aWrongRequestIsExplained(String body, String text) {
        var answer = client.ask(KEY, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(answer.error().path("message").asText()).contains(text);
        assertThat(llm.statistics().domain("default").tokens()).isZero();
    }

    @Test
    void jsonThatIsNestedTooDeepIsRefused() {
        assertThat(client.ask(KEY, "[".repeat(100_000)).status()).isEqualTo(400);
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() {
        var tooLarge = client.send(client.request("/v1/chat/completions", KEY)
                .POST(BodyPublishers.ofByteArray(new byte[20_000_000]))
                .build());
        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(tooLarge.error().path("message").asText()).contains("16777216 bytes");
        assertThat(client.ask(KEY, Client.QUESTION).status()).as("afterwards").isEqualTo(200);
        var largest = Client.QUESTION.replace("risky", "risky" + " ".repeat(10_000_000));
        assertThat(client.ask(KEY, largest).status()).isEqualTo(200);
    }

    @Test
    void aKeyThatIsNotKnownIsRefused() {
        var answer = client.ask("sk-unknown-1234", Client.QUESTION);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.error().path("code").asText()).isEqualTo("invalid_api_key");
        assertThat(answer.error().path("message").asText()).contains("…1234").doesNotContain("unknown");
        assertThat(client.ask("", Client.QUESTION).status()).isEqualTo(401);
        assertThat(llm.statistics().unknownKeys()).isEqualTo(Map.of(401, 2L));
        assertThat(client.get("/v1/models", "sk-unknown-1234").status()).isEqualTo(401);
    }

    @Test
    void listsItsModelsForKeysThatMayCall() {
        assertThat(client.get("/v1/models", KEY)
                        .json()
                        .path("data")
                        .path(0)
                        .path("id")
                        .asText())
                .isEqualTo("fake-vl");
        llm.setDomainBehaviour("default", Behaviour.of(Behaviour.Kind.FORBIDDEN).forCalls(1));
        assertThat(client.get("/v1/models", KEY).status()).isEqualTo(403);
        assertThat(client.ask(KEY, Client.QUESTION).status()).as("the one call").isEqualTo(403);
        assertThat(client.get("/v1/models", KEY).status()).isEqualTo(200);
    }

    @Test
    void unknownPathsAndMethodsAreExplained() {
        assertThat(client.get("/v1/embeddings", KEY).status()).isEqualTo(404);
        assertThat(client.get("/v1/chat/completions", KEY).status()).isEqualTo(405);
        assertThat(client.put("/fake/keys/other", "{\"behaviour\": \"ok\"}").status())
                .isEqualTo(404);
    }

    @Test
    void behavioursAndStatisticsAreAvailableOverHttp() {
        var set = client.put(
                "/fake/keys/" + KEY, "{\"behaviour\": \"rate_limited\", \"calls\": 1, \"retryAfterSeconds\": 4}");
        assertThat(set.json().path("behaviour").asText()).isEqualTo("rate_limited");
        assertThat(client.ask(KEY, Client.QUESTION).header("Retry-After")).isEqualTo("4");
        assertThat(client.put(
                                "/fake/domains/default",
                                "{\"behaviour\": \"error\", \"status\": 503, \"provider\": \"vllm\"}")
                        .status())
                .isEqualTo(200);
        assertThat(client.ask(KEY, Client.QUESTION).error().path("code").asInt())
                .isEqualTo(503);

        var answer = client.get("/fake/statistics", "");
        assertThat(new String(answer.response().body(), StandardCharsets.UTF_8)).doesNotContain(KEY);
        var json = answer.json();
        assertThat(json.path("calls").asInt()).isEqualTo(2);
        assertThat(json.path("highestConcurrency").asInt()).isEqualTo(1);
        assertThat(json.path("violations").asInt()).isZero();
        var domain = json.path("domains").path("default");
        assertThat(domain.path("statuses").toString()).isEqualTo("{\"429\":1,\"503\":1}");
        assertThat(domain.path("violations").toString()).isEqualTo("{\"rpm\":0,\"tpm\":0,\"rps\":0,\"concurrency\":0}");
        assertThat(domain.path("behaviour").asText()).isEqualTo("error");
        var key = json.path("keys").path(0);
        assertThat(key.path("key").asText()).isEqualTo("…-key");
        assertThat(key.path("lastCall").asText()).startsWith("20");
        assertThat(key.path("behaviour").asText()).isEqualTo("ok");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            x                                          | JSON object
            {}                                         | behaviour
            {"behaviour": "lazy"}                      | wrong_schema
            {"behaviour": "error", "calls": 0}         | calls
            {"behaviour": "error", "calls": 1.5}       | calls
            {"behaviour": "error", "count": 1}         | count
            {"behaviour": "error", "status": 200}      | 500 to 599
            {"behaviour": "hang", "seconds": 100000}   | a day
            {"behaviour": "error", "provider": "me"}   | dashscope
            """)
    void aWrongBehaviourIsExplained(String body, String text) {
        var answer = client.put("/fake/keys/" + KEY, body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("message").asText()).contains(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /v1/models HTTP/1.1\\r\\nbroken header\\r\\n\\r\\n      | not valid HTTP
            PUT /fake/keys/%zz HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n | not encoded correctly
            """)
    void whatIsNotHttpIsRefused(String request, String text) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), llm.url().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.translateEscapes().getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 400").contains(text);
        }
    }

    @Test
    void aPortThatIsInUseIsExplained() {
        int port = llm.url().getPort();
        assertThatExceptionOfType(FakeLlmException.class)
                .isThrownBy(() -> FakeLlm.start(SETTINGS.withPort(port)))
                .withMessageContaining("port " + port)
                .withMessageContaining("Choose another port");
    }
}
