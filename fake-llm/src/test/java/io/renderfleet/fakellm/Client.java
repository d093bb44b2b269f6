package io.renderfleet.fakellm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Calls a server as its clients do. */
final class Client implements AutoCloseable {
    static final String QUESTION = """
            {"model": "qwen-vl", "messages": [{"role": "user", "content": "How risky is this?"}]}""";
    static final String SCHEMA = """
            {"type": "object",
             "properties": {
               "riskLevel": {"type": "string", "enum": ["low", "medium", "high"]},
               "confidence": {"type": "number", "minimum": 0, "maximum": 1},
               "description": {"type": "string", "minLength": 1, "maxLength": 200},
               "recommendedAction": {"type": "string"},
               "objects": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "integer", "minimum": 1}},
               "urgent": {"type": "boolean"}},
             "required": ["riskLevel", "confidence", "description", "recommendedAction"],
             "additionalProperties": false}""";

    static final String ASSESSMENT = """
            {"model": "qwen-vl", "messages": [{"role": "user", "content": "How risky is this?"}],
             "response_format": {"type": "json_schema", "json_schema": {"name": "risk", "strict": true, "schema": %s}}}""".formatted(SCHEMA);

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final FakeLlm llm;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(LONGEST).build();

    Client(FakeLlm llm) {
        this.llm = llm;
    }

    /** An answer whose body is JSON. */
    record Answer(int status, HttpResponse<byte[]> response) {
        JsonNode json() {
            try {
                return MAPPER.readTree(response.body());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        JsonNode error() {
            return json().path("error");
        }

        JsonNode choice() {
            return json().path("choices").path(0);
        }

        String text() {
            return choice().path("message").path("content").asText();
        }

        JsonNode object() {
            try {
                return MAPPER.readTree(text());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    HttpRequest chat(String key, String body) {
        return request("/v1/chat/completions", key)
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    HttpRequest.Builder request(String path, String key) {
        return HttpRequest.newBuilder(URI.create(llm.url() + path))
                .timeout(LONGEST)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key);
    }

    Answer ask(String key, String body) {
        return send(chat(key, body));
    }

    Answer put(String path, String body) {
        return send(request(path, "").PUT(BodyPublishers.ofString(body)).build());
    }

    Answer get(String path, String key) {
        return send(request(path, key).GET().build());
    }

    Answer send(HttpRequest request) {
        try {
            var response = http.send(request, BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpClient http() {
        return http;
    }

    /** Makes the same call from many threads at once. */
    static <T> List<T> atOnce(int threads, Callable<T> call) throws InterruptedException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            return executor.invokeAll(Collections.nCopies(threads, call)).stream()
                    .map(future -> {
                        try {
                            return future.get();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            throw new IllegalStateException(e);
                        } catch (ExecutionException e) {
                            throw new IllegalStateException(e);
                        }
                    })
                    .toList();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
