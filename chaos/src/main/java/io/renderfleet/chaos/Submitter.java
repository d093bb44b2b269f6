package io.renderfleet.chaos;

import io.renderfleet.client.AcceptedJob;
import io.renderfleet.client.BatchItem;
import io.renderfleet.client.ClientException;
import io.renderfleet.client.ClientOptions;
import io.renderfleet.client.JobRequest;
import io.renderfleet.client.NoAnswerException;
import io.renderfleet.client.Problem;
import io.renderfleet.client.ProblemException;
import io.renderfleet.client.RenderfleetClient;
import io.renderfleet.job.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * The clients: each sends its request at its time and repeats it until the job is acknowledged or the deadline has
 * passed. The clients of one ordering key wait for each other, so that the order in which their jobs are accepted is
 * known.
 */
final class Submitter {
    private final RenderfleetClient client;
    private final RunRecord record;
    private final RunClock clock;
    private final long deadline;

    /** @param deadline the value of {@link System#nanoTime} after which no client sends a request */
    Submitter(RenderfleetClient client, RunRecord record, RunClock clock, long deadline) {
        this.client = client;
        this.record = record;
        this.clock = clock;
        this.deadline = deadline;
    }

    /** Starts one thread for each submission or ordering key. Its future completes by the deadline. */
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
            case PLAIN -> submit(submission);
            case TWICE -> {
                record.count(ChaosEvent.REPEATED);
                try (ExecutorService two = Executors.newVirtualThreadPerTaskExecutor()) {
                    Callable<Object> sending = () -> {
                        submit(submission);
                        return submission;
                    };
                    for (Future<Object> sent : two.invokeAll(List.of(sending, sending))) {
                        sent.get();
                    }
                }
            }
            case RESENT -> {
                ignoreAnswer(submission);
                record.count(ChaosEvent.REPEATED);
                submit(submission);
            }
        }
    }

    /** Sends the request once and does not use its answer, which usually takes longer than the timeout. */
    private void ignoreAnswer(Submission submission) throws InterruptedException {
        Duration timeout = submission.firstTimeout();
        ClientOptions once = client.options()
                .withRequestTimeout(timeout)
                .withRetries(client.options().retries().within(1, timeout));
        try {
            if (submission.batch()) {
                client.with(once).submitBatch(requests(submission));
            } else {
                var _ = submit(client.with(once), submission.jobs().getFirst());
            }
        } catch (NoAnswerException e) {
            record.count(ChaosEvent.ANSWER_LOST);
        } catch (ClientException e) {
            // Refused for now: the second request is repeated until it is accepted.
        }
    }

    private void submit(Submission submission) throws InterruptedException {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        if (!left.isPositive()) {
            return;
        }
        RenderfleetClient patient = client.with(
                client.options().withRetries(client.options().retries().within(Integer.MAX_VALUE, left)));
        List<PlannedJob> jobs = submission.jobs();
        try {
            if (submission.batch()) {
                List<BatchItem> items = patient.submitBatch(requests(submission));
                IntStream.range(0, jobs.size()).forEach(i -> record(jobs.get(i), items.get(i)));
            } else {
                acknowledge(jobs.getFirst(), submit(patient, jobs.getFirst()));
            }
        } catch (ProblemException e) {
            refused(
                    submission.batch()
                            ? "POST /jobs/batch"
                            : jobs.getFirst().work() instanceof Work.Event ? "POST /events" : "POST /jobs",
                    e.problem());
        } catch (ClientException e) {
            record.unexpected("no answer to a submission before the deadline");
        }
    }

    private static AcceptedJob submit(RenderfleetClient client, PlannedJob job) throws InterruptedException {
        if (job.work() instanceof Work.Event event) {
            return client.submitEvent(PlannedJob.json(event))
                    .orElseThrow(() -> new IllegalStateException("Each planned event has a question."));
        }
        return client.submit(job.request());
    }

    /** Submits these jobs now. */
    void submitAll(List<PlannedJob> jobs) throws InterruptedException {
        for (PlannedJob job : jobs) {
            submit(new Submission(clock.now(), List.of(job), false, Submission.Manner.PLAIN, Duration.ZERO));
        }
    }

    private void record(PlannedJob job, BatchItem item) {
        if (item.job() != null) {
            acknowledge(job, item.job());
        } else if (item.problem() != null) {
            refused("a job of POST /jobs/batch", item.problem());
        }
    }

    private void refused(String what, Problem problem) {
        record.unexpected(what + " was refused with " + problem.status() + " " + problem.type());
    }

    private void acknowledge(PlannedJob job, AcceptedJob accepted) {
        record.acknowledged(job, JobId.of(accepted.jobId()));
    }

    private static List<JobRequest> requests(Submission submission) {
        return submission.jobs().stream().map(PlannedJob::request).toList();
    }
}
