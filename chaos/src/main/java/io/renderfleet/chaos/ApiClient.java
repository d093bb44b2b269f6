package io.renderfleet.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that does not give up: what fails is sent again, unchanged, until the deadline. Unlike the bench's other
 * client it takes a dead API for part of the day. Thread-safe.
 */
final class ApiClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final int MOST_DOUBLINGS = 10;
    private static final List<Integer> BUSY = List.of(429, 503);
    private static final int SERVER_ERROR = 500;

    private final URI api;
    private final RunRecord record;
    private final JsonMapper json = JsonMapper.builder().build();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    ApiClient(URI api, RunRecord record) {
        this.api = api;
        this.record = record;
    }

    /** What the API said. */
    record Answer(int status, JsonNode body) {}

    /** Sends it once and does not look at the answer, if there is one in time. */
    void sendAndGiveUp(String path, Object body, @Nullable String idempotencyKey, Duration patience)
            throws InterruptedException {
        try {
            http.send(request(path, body, idempotencyKey, patience), BodyHandlers.discarding());
        } catch (IOException e) {
            record.count(ChaosEvent.ANSWER_LOST);
        }
    }

    /**
     * Sends it until it is answered with something else than that the API is busy or broken.
     *
     * @param deadline {@link System#nanoTime} of the last try
     * @return empty when there was no such answer in time
     */
    Optional<Answer> insist(String path, Object body, @Nullable String idempotencyKey, long deadline)
            throws InterruptedException {
        for (int tries = 0; System.nanoTime() < deadline; tries++) {
            Duration pause = pause(tries);
            try {
                HttpResponse<String> answer =
                        http.send(request(path, body, idempotencyKey, TIMEOUT), BodyHandlers.ofString());
                if (BUSY.contains(answer.statusCode())) {
                    record.count(ChaosEvent.BUSY);
                    pause = retryAfter(answer, pause);
                } else if (answer.statusCode() >= SERVER_ERROR) {
                    record.unexpected("POST " + kind(path) + " answered " + answer.statusCode());
                } else {
                    return Optional.of(new Answer(answer.statusCode(), read(answer.body())));
                }
            } catch (IOException e) {
                // Refused, reset or silent: whether the API did what it was asked, nobody knows.
                record.count(ChaosEvent.UNANSWERED);
            }
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        }
        return Optional.empty();
    }

    /** Doubles, with jitter: dozens of clients that hammer a machine on which the API is starting would hold it up. */
    private static Duration pause(int tries) {
        long bound = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(tries, MOST_DOUBLINGS));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(bound / 2, bound + 1));
    }

    private static Duration retryAfter(HttpResponse<String> answer, Duration otherwise) {
        return answer.headers().firstValueAsLong("Retry-After").stream()
                .mapToObj(Duration::ofSeconds)
                .filter(asked -> asked.compareTo(LONGEST_PAUSE) <= 0)
                .findFirst()
                .orElse(otherwise);
    }

    /** The path without ids, to count by. */
    static String kind(String path) {
        return path.replaceAll("[0-9a-f-]{36}", "{id}");
    }

    private HttpRequest request(String path, Object body, @Nullable String idempotencyKey, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.resolve(path))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(text(body)));
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return request.build();
    }

    private String text(Object body) {
        try {
            return json.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of plain values can be written", e);
        }
    }

    private JsonNode read(String body) {
        try {
            return json.readTree(body);
        } catch (JsonProcessingException e) {
            record.unexpected("an answer that is no JSON");
            return json.missingNode();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
