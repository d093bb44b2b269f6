package io.renderfleet.jobtype.inference.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.jobtype.inference.InferencePayload.Task;
import io.renderfleet.jobtype.inference.keys.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls the chat completions of a provider (https://platform.openai.com/docs/api-reference/chat/create). Answers are not
 * trusted: their size, nesting and time are limited, and their text goes only into the result of the job. Redirects are
 * not followed, so that a key is sent only to the configured address.
 *
 * <p>Thread-safe.
 */
public final class ModelClient implements AutoCloseable {
    /** The most bytes of a provider's response. */
    public static final int MAX_REPLY = 2 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Provider provider;
    private final URI completions;
    private final HttpClient http;

    public ModelClient(Provider provider) {
        this.provider = provider;
        this.completions = URI.create(provider.baseUrl().toString().replaceAll("/+$", "") + "/chat/completions");
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * Makes one call and waits for the whole answer.
     *
     * @param model the provider's name of the model
     * @param messages instead of those of the task
     * @param atMost the longest wait; the provider's limit counts if it is shorter
     * @throws InterruptedException if the thread was interrupted; the call has been cancelled
     */
    public ModelReply call(Secret key, String model, Task task, JsonNode messages, Duration atMost)
            throws InterruptedException {
        Duration limit = atMost.compareTo(provider.timeout()) < 0 ? atMost : provider.timeout();
        HttpRequest.Builder request = HttpRequest.newBuilder(completions)
                .timeout(limit)
                .header("Authorization", "Bearer " + key.value())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body(model, task, messages)));
        provider.headers().forEach(request::setHeader);
        long started = System.nanoTime();
        CompletableFuture<HttpResponse<byte[]>> response =
                http.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_REPLY));
        try {
            HttpResponse<byte[]> arrived = response.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return ReplyReader.read(
                    provider.kind(),
                    arrived.statusCode(),
                    arrived.headers(),
                    arrived.body(),
                    Duration.ofNanos(System.nanoTime() - started));
        } catch (TimeoutException e) {
            return new ModelReply.Failed("no answer within " + limit.toMillis() + " ms");
        } catch (ExecutionException e) {
            return new ModelReply.Failed(String.valueOf(e.getCause()));
        } finally {
            // Ends the exchange if it has not ended; a response that keeps arriving must not take memory.
            response.cancel(true);
        }
    }

    private String body(String model, Task task, JsonNode messages) {
        ObjectNode body = MAPPER.createObjectNode();
        body.put("model", model);
        body.set("messages", messages);
        if (task.maxTokens() != null) {
            // OpenAI, Model Studio and vLLM have deprecated max_tokens, and newer models refuse it.
            body.put("max_completion_tokens", task.maxTokens());
        }
        if (task.temperature() != null) {
            body.put("temperature", task.temperature());
        }
        if (task.responseSchema() != null) {
            ObjectNode format = body.putObject("response_format").put("type", "json_schema");
            format.putObject("json_schema").put("name", "answer").set("schema", task.responseSchema());
        }
        return body.toString();
    }

    /** Ends all calls. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
