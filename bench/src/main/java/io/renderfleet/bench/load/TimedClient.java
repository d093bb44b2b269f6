package io.renderfleet.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.bench.BenchException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The API as its clients see it, over HTTP/1.1 connections that are kept. Any answer but the one expected is a
 * {@link BenchException} with the API's own words; when the API says that it is busy, the request is sent again.
 */
public final class JobsClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long PAUSE_SECONDS = 1;
    private static final int ACCEPTED = 202;
    private static final int OK = 200;
    private static final List<Integer> BUSY = List.of(429, 503);

    private final URI api;
    private final Clock clock;
    private final Duration patience;
    private final LongAdder busy = new LongAdder();
    private final JsonMapper json = JsonMapper.builder().build();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /**
     * For one API.
     *
     * @param clock the services' clock
     * @param patience how long it comes back when the API says that it is busy
     */
    public JobsClient(URI api, Clock clock, Duration patience) {
        this.api = api;
        this.clock = clock;
        this.patience = patience;
    }

    /** Submits one job. */
    public Submitted submit(Map<String, Object> job) throws InterruptedException {
        String body = text(job);
        Instant sentAt = clock.instant();
        long sent = System.nanoTime();
        HttpResponse<String> answer = post("/jobs", body);
        long accepted = System.nanoTime();
        return new Submitted(read(answer).path("jobId").asText(), sentAt, sent, accepted);
    }

    /** Submits the same job several times, as a batch; those that the API is too busy for, once more. */
    public List<Submitted> submitBatch(Map<String, Object> job, int times) throws InterruptedException {
        return submitAll(Collections.nCopies(times, job));
    }

    /** Submits jobs as a batch; those that the API is too busy for, once more, unchanged. */
    public List<Submitted> submitAll(List<Map<String, Object>> jobs) throws InterruptedException {
        Instant sentAt = clock.instant();
        long sent = System.nanoTime();
        List<Submitted> all = new ArrayList<>(jobs.size());
        List<Map<String, Object>> left = jobs;
        while (!left.isEmpty()) {
            HttpResponse<String> answer = post("/jobs/batch", text(Map.of("jobs", left)));
            long accepted = System.nanoTime();
            List<Map<String, Object>> refused = new ArrayList<>();
            for (JsonNode item : read(answer).path("items")) {
                if (item.hasNonNull("jobId")) {
                    all.add(new Submitted(item.path("jobId").asText(), sentAt, sent, accepted));
                } else if (accepted - sent > patience.toNanos()
                        || !BUSY.contains(item.at("/problem/status").asInt())) {
                    throw new BenchException("A job of a batch was refused: " + item);
                } else {
                    refused.add(left.get(item.path("index").asInt()));
                    busy.increment();
                }
            }
            if (!refused.isEmpty()) {
                TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
            }
            left = refused;
        }
        return all;
    }

    /** How many jobs the API was too busy for, and were sent again. */
    public long busy() {
        return busy.sum();
    }

    /** The job as it is now. */
    public JsonNode job(String jobId) throws InterruptedException {
        return get("/jobs/" + jobId);
    }

    /** All jobs of a user. */
    public List<JsonNode> jobsOf(String userId) throws InterruptedException {
        List<JsonNode> jobs = new ArrayList<>();
        String first = "/jobs?limit=100&userId=" + encoded(userId);
        JsonNode page = get(first);
        page.path("items").forEach(jobs::add);
        while (page.hasNonNull("next")) {
            page = get(first + "&cursor=" + encoded(page.path("next").asText()));
            page.path("items").forEach(jobs::add);
        }
        return jobs;
    }

    private JsonNode get(String path) throws InterruptedException {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(api.resolve(path)));
        return read(expected(answer, OK));
    }

    private HttpResponse<String> post(String path, String body) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        long deadline = System.nanoTime() + patience.toNanos();
        HttpResponse<String> answer = send(request);
        while (BUSY.contains(answer.statusCode()) && System.nanoTime() < deadline) {
            TimeUnit.SECONDS.sleep(
                    answer.headers().firstValueAsLong("Retry-After").orElse(1));
            answer = send(request);
        }
        return expected(answer, ACCEPTED);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws InterruptedException {
        try {
            return http.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new BenchException("The API at " + api + " did not answer: " + e, e);
        }
    }

    private static HttpResponse<String> expected(HttpResponse<String> answer, int status) {
        if (answer.statusCode() != status) {
            throw new BenchException(answer.request().method() + " " + answer.uri() + " answered " + answer.statusCode()
                    + ": " + answer.body());
        }
        return answer;
    }

    private JsonNode read(HttpResponse<String> answer) {
        try {
            return json.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new BenchException(answer.uri() + " answered something that is no JSON.", e);
        }
    }

    private String text(Object body) {
        try {
            return json.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of plain values can be written", e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.close();
    }
}
