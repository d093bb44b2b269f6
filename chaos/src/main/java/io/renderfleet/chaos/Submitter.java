package io.renderfleet.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.chaos.ApiClient.Answer;
import io.renderfleet.job.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * The clients: each sends its request when it is due and stays with it until it is acknowledged or time is up. Those of
 * one ordering key wait for each other, so that the order in which their jobs were accepted is known.
 */
final class Submitter {
    private static final int ACCEPTED = 202;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final List<Integer> BUSY = List.of(429, 500, 503);

    private final ApiClient client;
    private final RunRecord record;
    private final RunClock clock;
    private final long deadline;

    /** @param deadline {@link System#nanoTime} of the last try of any client */
    Submitter(ApiClient client, RunRecord record, RunClock clock, long deadline) {
        this.client = client;
        this.record = record;
        this.clock = clock;
        this.deadline = deadline;
    }

    /** Gives each submission, or each ordering key, a thread. The futures are done when the deadline is over. */
    List<Future<?>> start(List<Submission> submissions, ExecutorService threads) {
        Map<String, List<Submission>> chains = new LinkedHashMap<>();
        for (Submission submission : submissions) {
            PlannedJob first = submission.jobs().getFirst();
            String chain = first.orderingKey() == null ? first.id().toString() : first.orderingKey();
            chains.computeIfAbsent(chain, unseen -> new ArrayList<>()).add(submission);
        }
        List<Future<?>> started = new ArrayList<>();
        chains.values().forEach(chain -> started.add(threads.submit(() -> run(chain))));
        return started;
    }

    private Object run(List<Submission> chain) throws Exception {
        for (Submission submission : chain) {
            clock.sleepUntil(submission.at());
            send(submission);
        }
        return chain;
    }

    private void send(Submission submission) throws Exception {
        switch (submission.manner()) {
            case PLAIN -> once(submission);
            case TWICE -> {
                record.count(ChaosEvent.REPEATED);
                try (ExecutorService two = Executors.newVirtualThreadPerTaskExecutor()) {
                    Callable<Object> sending = () -> {
                        once(submission);
                        return submission;
                    };
                    for (Future<Object> sent : two.invokeAll(List.of(sending, sending))) {
                        sent.get();
                    }
                }
            }
            case IMPATIENT -> {
                giveUp(submission, submission.patience());
                record.count(ChaosEvent.REPEATED);
                once(submission);
            }
        }
    }

    private void giveUp(Submission submission, Duration patience) throws InterruptedException {
        PlannedJob first = submission.jobs().getFirst();
        if (submission.batch()) {
            client.sendAndGiveUp("/jobs/batch", batch(submission.jobs()), null, patience);
        } else {
            client.sendAndGiveUp("/jobs", first.body(), first.idempotencyKey(), patience);
        }
    }

    private void once(Submission submission) throws InterruptedException {
        if (submission.batch()) {
            sendBatch(submission.jobs());
            return;
        }
        PlannedJob job = submission.jobs().getFirst();
        Optional<Answer> answer = client.insist("/jobs", job.body(), job.idempotencyKey(), deadline);
        answer.ifPresent(given -> {
            if (given.status() == ACCEPTED) {
                acknowledge(job, given.body());
            } else {
                record.unexpected("POST /jobs answered " + given.status() + ": "
                        + given.body().path("type").asText());
            }
        });
    }

    /** Each job of a batch is answered for itself; those that the API was too busy for go into another one. */
    private void sendBatch(List<PlannedJob> jobs) throws InterruptedException {
        List<PlannedJob> left = jobs;
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            Optional<Answer> answer = client.insist("/jobs/batch", batch(left), null, deadline);
            if (answer.isEmpty() || answer.get().status() != ACCEPTED) {
                answer.ifPresent(given -> record.unexpected("POST /jobs/batch answered " + given.status()));
                return;
            }
            left = unanswered(left, answer.get().body());
        }
    }

    private List<PlannedJob> unanswered(List<PlannedJob> jobs, JsonNode body) throws InterruptedException {
        Map<Integer, JsonNode> items = new HashMap<>();
        body.path("items").forEach(item -> items.put(item.path("index").asInt(), item));
        List<PlannedJob> again = new ArrayList<>();
        for (int i : IntStream.range(0, jobs.size()).toArray()) {
            JsonNode item = items.get(i);
            if (item == null) {
                record.unexpected("POST /jobs/batch left a job out");
            } else if (item.hasNonNull("jobId")) {
                acknowledge(jobs.get(i), item);
            } else if (BUSY.contains(item.at("/problem/status").asInt())) {
                record.count(ChaosEvent.BUSY);
                again.add(jobs.get(i));
            } else {
                record.unexpected("POST /jobs/batch refused a job: "
                        + item.at("/problem/type").asText());
            }
        }
        if (!again.isEmpty()) {
            clock.sleep(PAUSE);
        }
        return again;
    }

    private void acknowledge(PlannedJob job, JsonNode answer) {
        record.acknowledged(job, JobId.of(answer.path("jobId").asText()));
    }

    private static Map<String, Object> batch(List<PlannedJob> jobs) {
        return Map.of(
                "jobs",
                jobs.stream().map(PlannedJob::body).map(Objects::requireNonNull).toList());
    }
}
