package io.renderfleet.bridge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An API that accepts every event, unless it is told otherwise, and has the results that it is given. */
final class StubApi implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** The ids of the accepted events, as often as they were accepted. */
    private final Queue<String> accepted = new ConcurrentLinkedQueue<>();

    private final Queue<JsonNode> events = new ConcurrentLinkedQueue<>();
    private final Map<String, byte[]> results = new ConcurrentHashMap<>();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private volatile Function<JsonNode, Answer> rule = event -> Answer.ACCEPTED;

    StubApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/events", this::event);
        server.createContext("/jobs/", this::job);
        server.createContext("/files/", this::file);
        server.start();
    }

    /**
     * An answer to an event.
     *
     * @param body for a status other than 202
     */
    record Answer(int status, Map<String, String> headers, String body) {
        static final Answer ACCEPTED = new Answer(202, Map.of(), "");

        static Answer busy(int retryAfter) {
            return new Answer(503, Map.of("Retry-After", Integer.toString(retryAfter)), "{\"title\": \"Busy\"}");
        }

        static Answer refused(int status, String type) {
            return new Answer(
                    status,
                    Map.of(),
                    "{\"type\": \"%s\", \"title\": \"Refused\", \"detail\": \"Because.\"}".formatted(type));
        }
    }

    void answers(Function<JsonNode, Answer> newRule) {
        rule = newRule;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    Set<String> accepted() {
        return Set.copyOf(accepted);
    }

    int acceptances() {
        return accepted.size();
    }

    Queue<JsonNode> events() {
        return events;
    }

    void has(String jobId, byte[] result) {
        results.put(jobId, result);
    }

    /** The next request about this job is answered with 503. */
    void failsOnce(String jobId) {
        failing.add(jobId);
    }

    /** The job's id, which follows from the event. */
    static String jobId(JsonNode event) {
        String identity =
                event.path("cameraId").asText() + " " + event.path("timestamp").asText();
        return UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private void event(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        JsonNode event;
        try {
            event = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            answer(exchange, Answer.refused(400, "urn:renderfleet:problem:malformed-json"));
            return;
        }
        Answer answer = rule.apply(event);
        if (answer.status() == 202) {
            events.add(event);
            accepted.add(jobId(event));
            answer(
                    exchange,
                    new Answer(202, Map.of(), "{\"jobId\": \"%s\", \"status\": \"PENDING\"}".formatted(jobId(event))));
        } else {
            answer(exchange, answer);
        }
    }

    private void job(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        byte[] result = results.get(path[2]);
        if (failing.remove(path[2])) {
            answer(exchange, Answer.busy(1));
        } else if (result == null) {
            answer(exchange, Answer.refused(404, "urn:renderfleet:problem:job-not-found"));
        } else if (path.length > 3) {
            answer(exchange, new Answer(302, Map.of("Location", address() + "/files/" + path[2]), ""));
        } else {
            answer(exchange, new Answer(200, Map.of(), """
                    {"jobId": "%s", "type": "inference", "status": "COMPLETED", "progress": 100, "attempt": 1,
                     "createdAt": "2026-11-27T20:00:00Z", "result": {"bytes": %d, "contentType": "application/json"}}
                    """.formatted(path[2], result.length)));
        }
    }

    private void file(HttpExchange exchange) throws IOException {
        byte[] result = Objects.requireNonNull(
                results.get(exchange.getRequestURI().getPath().split("/", -1)[2]));
        exchange.sendResponseHeaders(200, result.length);
        exchange.getResponseBody().write(result);
        exchange.close();
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
