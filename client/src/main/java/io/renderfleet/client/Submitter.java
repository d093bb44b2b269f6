package io.renderfleet.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Submits jobs, alone or in batches, so that retries never submit a job twice. Thread-safe. */
final class Submitter {
    private static final int ACCEPTED = 202;
    private static final int MAX_BATCH = 100;
    private static final String PATH = "/jobs";
    private static final int NO_CONTENT = 204;
    private static final String EVENTS_PATH = "/events";
    private static final String BATCH_PATH = "/jobs/batch";

    private final Connection connection;

    Submitter(Connection connection) {
        this.connection = connection;
    }

    AcceptedJob submit(JobRequest request) throws InterruptedException {
        ObjectNode body = Json.body(request);
        String content = Json.text(body);
        String key = body.has(JobRequest.JOB_ID)
                ? null
                : request.idempotencyKey() == null ? UUID.randomUUID().toString() : request.idempotencyKey();
        Exchange exchange = connection.exchange("POST", PATH);
        return exchange.call(() -> {
            HttpRequest.Builder post = connection.json(PATH, content);
            if (key != null) {
                post.header("Idempotency-Key", key);
            }
            return accepted(connection.send(exchange, post, ACCEPTED));
        });
    }

    Optional<AcceptedJob> submitEvent(String event) throws InterruptedException {
        Exchange exchange = connection.exchange("POST", EVENTS_PATH);
        return exchange.call(() -> {
            HttpResponse<String> answer =
                    connection.send(exchange, connection.json(EVENTS_PATH, event), ACCEPTED, NO_CONTENT);
            return answer.statusCode() == NO_CONTENT ? Optional.empty() : Optional.of(accepted(answer));
        });
    }

    private static AcceptedJob accepted(HttpResponse<String> answer) {
        boolean replayed = answer.headers()
                .firstValue("Idempotent-Replayed")
                .map(Boolean::parseBoolean)
                .orElse(false);
        return accepted(answer, Responses.read(answer, JsonNode.class), replayed);
    }

    List<BatchItem> submitBatch(List<JobRequest> requests) throws InterruptedException {
        if (requests.isEmpty() || requests.size() > MAX_BATCH) {
            throw new IllegalArgumentException(
                    "A batch must have 1 to " + MAX_BATCH + " jobs, not " + requests.size() + ".");
        }
        List<ObjectNode> bodies = new ArrayList<>();
        for (JobRequest request : requests) {
            if (request.idempotencyKey() != null) {
                throw new IllegalArgumentException(
                        "A job of a batch cannot have an idempotency key. Give it a job id instead.");
            }
            ObjectNode body = Json.body(request);
            if (!body.has(JobRequest.JOB_ID)) {
                body.put(JobRequest.JOB_ID, UUID.randomUUID().toString());
            }
            bodies.add(body);
        }
        Exchange exchange = connection.exchange("POST", BATCH_PATH);
        Map<Integer, BatchItem> items = new TreeMap<>();
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            left.add(i);
        }
        while (true) {
            List<Integer> sent = left;
            HttpResponse<String> answer = exchange.call(() -> {
                String content = Json.text(Json.MAPPER
                        .createObjectNode()
                        .set(
                                "jobs",
                                Json.MAPPER.valueToTree(
                                        sent.stream().map(bodies::get).toList())));
                return connection.send(exchange, connection.json(BATCH_PATH, content), ACCEPTED);
            });
            List<BatchItem> answered = items(answer, sent);
            answered.forEach(item -> items.put(item.index(), item));
            left = answered.stream()
                    .filter(item -> item.problem() != null && item.problem().isTransient())
                    .map(BatchItem::index)
                    .toList();
            if (left.isEmpty()
                    || !exchange.pauseBeforeRetry(status(items, left), left.size(), Responses.retryAfter(answer))) {
                return List.copyOf(items.values());
            }
        }
    }

    private static int status(Map<Integer, BatchItem> items, List<Integer> left) {
        BatchItem first = items.get(left.getFirst());
        return first == null || first.problem() == null ? 0 : first.problem().status();
    }

    /** Reads the items of a response, with their positions in the whole batch. */
    private static List<BatchItem> items(HttpResponse<String> answer, List<Integer> sent) {
        List<BatchItem> items = new ArrayList<>();
        JsonNode read = Responses.read(answer, JsonNode.class).path("items");
        for (JsonNode item : read) {
            int index = item.path("index").asInt(-1);
            if (index < 0 || index >= sent.size()) {
                throw Responses.unreadable(answer, null);
            }
            items.add(
                    item.hasNonNull(JobRequest.JOB_ID)
                            ? new BatchItem(
                                    sent.get(index),
                                    accepted(answer, item, item.path("replayed").asBoolean()),
                                    null)
                            : new BatchItem(sent.get(index), null, problem(answer, item.path("problem"))));
        }
        if (items.size() != sent.size()) {
            throw Responses.unreadable(answer, null);
        }
        return items;
    }

    private static Problem problem(HttpResponse<String> answer, JsonNode problem) {
        try {
            return Json.MAPPER.treeToValue(problem, Problem.class);
        } catch (JsonProcessingException e) {
            throw Responses.unreadable(answer, e);
        }
    }

    private static AcceptedJob accepted(HttpResponse<String> answer, JsonNode body, boolean replayed) {
        try {
            return new AcceptedJob(
                    Json.MAPPER.treeToValue(body.required(JobRequest.JOB_ID), String.class),
                    Json.MAPPER.treeToValue(body.required("status"), Job.Status.class),
                    replayed);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw Responses.unreadable(answer, e);
        }
    }
}
