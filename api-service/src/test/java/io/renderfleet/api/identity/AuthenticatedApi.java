package io.renderfleet.api.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiServiceApplication;
import io.renderfleet.api.ApiTest.OnLocalAws;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/** The API as a process of its own would be, which accepts the tokens of an issuer. */
public final class AuthenticatedApi implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BODY = 4 * 1024 * 1024;

    private final ConfigurableApplicationContext service;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    public AuthenticatedApi(TestIssuer issuer, Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(OnLocalAws.AWS.serviceProperties());
        properties.put("server.port", "0");
        properties.put("management.server.port", "0");
        properties.put("renderfleet.identity.issuer", issuer.issuer().toString());
        properties.putAll(more);
        service = ApiServiceApplication.create()
                .run(properties.entrySet().stream()
                        .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                        .toArray(String[]::new));
    }

    /** An answer: its status, headers, and body unless it is a stream. */
    public record Answer(int status, HttpResponse<InputStream> response, String body) {
        public JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new IllegalStateException("Not JSON: " + body, e);
            }
        }

        /** The code of the problem; empty if it is none. */
        public String problem() {
            return body.startsWith("{") ? json().path("type").asText().replace("urn:renderfleet:problem:", "") : "";
        }
    }

    public Answer call(String method, String path, @Nullable String token) throws Exception {
        return call(method, path, token, null, "");
    }

    /** Sends a request. The body of an answer that is a stream is not read. */
    public Answer call(String method, String path, @Nullable String token, @Nullable String type, String body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(30))
                .method(method, type == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (type != null) {
            request.header("Content-Type", type);
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
        try (InputStream content = response.body()) {
            boolean stream =
                    response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
            String text = stream ? "" : new String(content.readNBytes(MAX_BODY), StandardCharsets.UTF_8);
            return new Answer(response.statusCode(), response, text);
        }
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + service.getEnvironment().getProperty("local.server.port") + path);
    }

    /** The management port. */
    public int management() {
        return Integer.parseInt(service.getEnvironment().getRequiredProperty("local.management.port"));
    }

    @Override
    public void close() {
        service.close();
        client.close();
    }
}
