package io.renderfleet.jobtype.inference.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.keys.Secret;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a provider receives. */
class ModelClientTests {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void sendsTheFieldsThatTheProvidersDocument() throws Exception {
        AtomicReference<String> body = new AtomicReference<>();
        AtomicReference<String> key = new AtomicReference<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", exchange -> {
            body.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            key.set(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        server.start();
        JsonNode messages = JSON.readTree("[{\"role\": \"user\", \"content\": \"Is it a risk?\"}]");
        Task task = new Task("group-1", messages, JSON.readTree("{\"type\": \"object\"}"), 300, 0.5);
        try (ModelClient client = new ModelClient(new Provider(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/"),
                Provider.Kind.OPENAI,
                Map.of(),
                Map.of(),
                Duration.ofSeconds(10)))) {
            ModelReply reply =
                    client.call(Secret.of("a test", "sk-test"), "qwen-vl-max", task, messages, Duration.ofSeconds(10));

            assertThat(reply).isEqualTo(new ModelReply.Failed("status 500"));
            assertThat(key.get()).isEqualTo("Bearer sk-test");
            assertThat(JSON.readTree(Objects.requireNonNull(body.get()))).isEqualTo(JSON.readTree("""
                    {"model": "qwen-vl-max", "messages": [{"role": "user", "content": "Is it a risk?"}],
                     "max_completion_tokens": 300, "temperature": 0.5,
                     "response_format": {"type": "json_schema",
                       "json_schema": {"name": "answer", "schema": {"type": "object"}}}}"""));
        } finally {
            server.stop(0);
        }
    }
}
