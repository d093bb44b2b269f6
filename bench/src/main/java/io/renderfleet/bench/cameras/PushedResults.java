package io.renderfleet.bench.cameras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.bench.BenchException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Listens to {@code GET /events/stream}, and notes when the result of each job arrived first.
 *
 * <p>Thread-safe.
 */
final class PushedResults implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final String DATA = "data:";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private final Map<String, Pushed> byJob = new ConcurrentHashMap<>();
    private final AtomicInteger repeated = new AtomicInteger();
    private final Stream<String> lines;

    /**
     * A result.
     *
     * @param at {@link System#nanoTime} at its arrival
     * @param event the completion event
     */
    record Pushed(long at, JsonNode event) {}

    /** Connects; results that are pushed from now on are noted. */
    PushedResults(URI api) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(api.resolve("/events/stream"))
                .header("Accept", "text/event-stream")
                .build();
        try {
            HttpResponse<Stream<String>> response = http.send(request, HttpResponse.BodyHandlers.ofLines());
            if (response.statusCode() != 200) {
                throw new BenchException("GET /events/stream was answered with " + response.statusCode() + ".");
            }
            lines = response.body();
        } catch (IOException e) {
            throw new BenchException("GET /events/stream got no answer: " + e.getMessage());
        }
        Thread.ofVirtual().name("pushed-results").start(this::read);
    }

    private void read() {
        try {
            lines.filter(line -> line.startsWith(DATA)).forEach(this::note);
        } catch (RuntimeException e) {
            // The stream ends when this is closed. A stream that ended before shows in the results that are missing.
        }
    }

    private void note(String line) {
        long now = System.nanoTime();
        try {
            JsonNode event = JSON.readTree(line.substring(DATA.length()));
            if (byJob.putIfAbsent(event.path("jobId").asText(), new Pushed(now, event)) != null) {
                repeated.incrementAndGet();
            }
        } catch (JsonProcessingException e) {
            throw new BenchException("GET /events/stream sent something that is not JSON.");
        }
    }

    /** The result of a job; empty as long as it has not arrived. */
    Optional<Pushed> of(String jobId) {
        return Optional.ofNullable(byJob.get(jobId));
    }

    /** How many results arrived more than once. */
    int repeated() {
        return repeated.get();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
