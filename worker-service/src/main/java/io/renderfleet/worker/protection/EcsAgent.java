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

/** Asks the ECS agent of this task to change its protection. Never waits longer than its timeout, and never throws. */
final class EcsAgent implements AutoCloseable {
    private static final int MAX_ANSWER = 16_384;

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

    /** Protects the task from now on for so long, or renews its protection. */
    AgentAnswer protect(Duration time) {
        return put("{\"ProtectionEnabled\":true,\"ExpiresInMinutes\":" + time.toMinutes() + "}", true);
    }

    AgentAnswer unprotect() {
        return put("{\"ProtectionEnabled\":false}", false);
    }

    private AgentAnswer put(String body, boolean wanted) {
        HttpRequest request = HttpRequest.newBuilder(state)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build();
        CompletableFuture<AgentAnswer> answer = http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .thenApply(response -> AgentAnswer.read(response.statusCode(), text(response), wanted));
        try {
            // The request's own timeout ends with the headers; this one bounds the body too.
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            return new AgentAnswer.Failed("interrupted");
        } catch (TimeoutException e) {
            answer.cancel(true);
            return new AgentAnswer.Failed("no answer in " + timeout);
        } catch (ExecutionException e) {
            return new AgentAnswer.Failed(String.valueOf(e.getCause()));
        }
    }

    private static String text(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            return new String(body.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
