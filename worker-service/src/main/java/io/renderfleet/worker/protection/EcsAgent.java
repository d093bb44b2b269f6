package io.renderfleet.worker.protection;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client of the ECS agent's endpoint for task protection. Calls end within the timeout and never throw. */
final class EcsAgent implements AutoCloseable {
    private static final int MAX_RESPONSE = 16_384;

    private final URI state;
    private final Duration timeout;
    private final HttpClient http;

    EcsAgent(String agentUri, Duration timeout) {
        this.state = URI.create(agentUri + "/task-protection/v1/state");
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    /** Protects the task for the given time from now, in whole minutes, or renews its protection. */
    AgentResponse protect(Duration time) {
        return put("{\"ProtectionEnabled\":true,\"ExpiresInMinutes\":" + time.toMinutes() + "}", true);
    }

    AgentResponse unprotect() {
        return put("{\"ProtectionEnabled\":false}", false);
    }

    private AgentResponse put(String body, boolean wanted) {
        HttpRequest request = HttpRequest.newBuilder(state)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build();
        CompletableFuture<AgentResponse> pending = http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .thenApply(response -> AgentResponse.read(response.statusCode(), text(response), wanted));
        try {
            // The request's timeout covers the headers only; this one also covers the body.
            return pending.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            pending.cancel(true);
            return new AgentResponse.Failed("interrupted");
        } catch (TimeoutException e) {
            pending.cancel(true);
            return new AgentResponse.Failed("no response within " + timeout);
        } catch (ExecutionException e) {
            return new AgentResponse.Failed(String.valueOf(e.getCause()));
        }
    }

    private static String text(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            return new String(body.readNBytes(MAX_RESPONSE), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
