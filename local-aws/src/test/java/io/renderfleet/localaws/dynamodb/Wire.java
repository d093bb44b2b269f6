package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** A server and an HTTP client that sends it whatever a test wants. */
final class Wire implements AutoCloseable {
    static final String ACCESS_KEY = "renderfleet";
    static final String SECRET_KEY = "renderfleet-local";
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);

    private final DynamoDbServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Wire(DynamoDbSettings settings) {
        this(settings, DynamoDb.Hooks.none());
    }

    Wire(DynamoDbSettings settings, DynamoDb.Hooks hooks) {
        try {
            server = DynamoDbServer.start("127.0.0.1", 0, settings, ACCESS_KEY, SECRET_KEY, hooks);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the server said. */
    record Answer(int status, String text) {
        ObjectNode json() {
            return Json.parse(text.getBytes(StandardCharsets.UTF_8));
        }

        ObjectNode ok() {
            assertThat(status).as(text).isEqualTo(200);
            return json();
        }

        void isRefused(String type, String message) {
            isRefused(400, type, message);
        }

        void isRefused(int expected, String type, String message) {
            assertThat(status).as(text).isEqualTo(expected);
            assertThat(json().path("__type").asText()).endsWith("#" + type);
            assertThat(json().path("message").asText()).contains(message);
            assertThat(text).doesNotContain("\\tat ", "java.", "io.renderfleet");
        }
    }

    int port() {
        return server.port();
    }

    /** Sends parameters in which single quotes stand for double ones. */
    Answer call(String operation, String parameters) {
        return send(operation, parameters.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    Answer send(String operation, byte[] body) {
        return send("DynamoDB_20120810." + operation, body, new Signer(ACCESS_KEY, SECRET_KEY, Instant.now()));
    }

    Answer send(String target, byte[] body, Signer signer) {
        return send("POST", signer.headers("127.0.0.1:" + port(), target, body), body);
    }

    Answer send(String method, Map<String, String> headers, byte[] body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/"))
                .timeout(LONGEST_ANSWER)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
