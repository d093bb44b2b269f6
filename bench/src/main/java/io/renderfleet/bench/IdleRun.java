package io.renderfleet.bench;

import io.renderfleet.bench.load.JobEnds;
import io.renderfleet.bench.load.Submitted;
import io.renderfleet.bench.load.TimedClient;
import io.renderfleet.client.Job;
import io.renderfleet.report.Percentiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Runs one job at a time on an idle fleet: each is submitted some time after the previous one was COMPLETED.
 */
final class IdleRun {
    private static final int LEAST_GAP_MILLIS = 5;
    private static final int MOST_GAP_MILLIS = 40;
    private static final Duration POLL = Duration.ofMillis(2);
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final double NANOS_PER_MILLI = 1e6;

    private final TimedClient client;
    private final JobEnds ends;
    private final RandomGenerator random;

    /**
     * @param random draws the pauses between jobs, so that jobs do not synchronize with periodic work of the services
     */
    IdleRun(TimedClient client, JobEnds ends, RandomGenerator random) {
        this.client = client;
        this.ends = ends;
        this.random = random;
    }

    /**
     * Times in milliseconds from the start of the request.
     *
     * @param toAccepted until its response
     * @param toStarted until the stored {@code startedAt}
     * @param toCommitted until the write that made the job COMPLETED returned
     * @param toVisible until the first response of {@code GET /jobs/{id}} with COMPLETED, polled every 2 ms
     */
    record Outcome(Percentiles toAccepted, Percentiles toStarted, Percentiles toCommitted, Percentiles toVisible) {}

    Outcome run(Map<String, Object> job, int times) throws InterruptedException {
        List<Double> toAccepted = new ArrayList<>();
        List<Double> toStarted = new ArrayList<>();
        List<Double> toCommitted = new ArrayList<>();
        List<Double> toVisible = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(LEAST_GAP_MILLIS, MOST_GAP_MILLIS));
            Submitted submitted = client.submit(job);
            Job completed = poll(submitted);
            toVisible.add(since(submitted, System.nanoTime()));
            toAccepted.add(since(submitted, submitted.acceptedNanos()));
            toStarted.add(LoadedRun.millisToStarted(submitted, completed));
            toCommitted.add(since(submitted, ends.await(submitted.jobId(), DEADLINE)));
        }
        return new Outcome(
                new Percentiles(toAccepted),
                new Percentiles(toStarted),
                new Percentiles(toCommitted),
                new Percentiles(toVisible));
    }

    private Job poll(Submitted submitted) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < deadline) {
            Job job = client.job(submitted.jobId());
            switch (job.status()) {
                case COMPLETED -> {
                    return job;
                }
                case FAILED, CANCELLED -> throw new BenchException("A job did not succeed: " + job);
                case PENDING, PROCESSING -> TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
            }
        }
        throw new BenchException("Job " + submitted.jobId() + " did not end within " + DEADLINE + "; see the log.");
    }

    private static double since(Submitted submitted, long nanos) {
        return (nanos - submitted.sentNanos()) / NANOS_PER_MILLI;
    }
}
