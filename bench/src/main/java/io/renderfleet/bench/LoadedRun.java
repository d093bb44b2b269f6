package io.renderfleet.bench;

import io.renderfleet.bench.calls.CallCounter;
import io.renderfleet.bench.calls.Calls;
import io.renderfleet.bench.load.JobEnds;
import io.renderfleet.bench.load.LoadGenerator;
import io.renderfleet.bench.load.LoadGenerator.Request;
import io.renderfleet.bench.load.Submitted;
import io.renderfleet.bench.load.TimedClient;
import io.renderfleet.client.Job;
import io.renderfleet.report.Percentiles;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Submits jobs as fast as the API accepts them, waits until every job is COMPLETED, and reads the jobs only then, so
 * that reads do not disturb the measurement.
 */
final class LoadedRun {
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final double NANOS = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    private final TimedClient client;
    private final JobEnds ends;
    private final CallCounter counter;

    LoadedRun(TimedClient client, JobEnds ends, CallCounter counter) {
        this.client = client;
        this.ends = ends;
        this.counter = counter;
    }

    /**
     * The results of a run.
     *
     * @param acceptedPerSecond the number of jobs divided by the time from the first request to the last response
     * @param finishedPerSecond the number of jobs divided by the time from the first request to the end of the last job
     * @param busy how often a job was sent again because the API was too busy
     * @param processorMillis milliseconds of processor time per job, of clients, services and local AWS together
     * @param toStarted milliseconds from each request to its job's stored {@code startedAt}
     * @param toVisible milliseconds from each request until the write that made its job COMPLETED returned
     * @param calls the AWS calls from the first request to the end of the last job
     * @param jobs the jobs by their ids, as the API lists them afterwards
     */
    record Outcome(
            double acceptedPerSecond,
            double finishedPerSecond,
            long busy,
            double processorMillis,
            Percentiles toStarted,
            Percentiles toVisible,
            Calls calls,
            Map<String, Job> jobs) {}

    /** Sends the request the given number of times. All its jobs, and no others, must belong to {@code userId}. */
    Outcome run(LoadGenerator generator, Request request, int times, String userId) throws InterruptedException {
        Calls before = counter.snapshot();
        long busyBefore = client.busy();
        long processorBefore = Machine.processorNanos();
        List<Submitted> submitted = generator.send(request, times);
        Map<String, Long> ended = awaitAll(submitted);
        long processorNanos = Machine.processorNanos() - processorBefore;
        Calls calls = counter.snapshot().since(before);

        Map<String, Job> jobs = new HashMap<>();
        client.jobsOf(userId).forEach(job -> jobs.put(job.jobId(), job));
        long first = submitted.stream().mapToLong(Submitted::sentNanos).min().orElseThrow();
        long lastAccepted =
                submitted.stream().mapToLong(Submitted::acceptedNanos).max().orElseThrow();
        long lastEnded =
                ended.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        return new Outcome(
                submitted.size() * NANOS / (lastAccepted - first),
                submitted.size() * NANOS / (lastEnded - first),
                client.busy() - busyBefore,
                processorNanos / NANOS_PER_MILLI / submitted.size(),
                new Percentiles(submitted.stream()
                        .map(job -> millisToStarted(job, found(jobs, job)))
                        .toList()),
                new Percentiles(submitted.stream()
                        .map(job -> (ended.getOrDefault(job.jobId(), 0L) - job.sentNanos()) / NANOS_PER_MILLI)
                        .toList()),
                calls,
                jobs);
    }

    private Map<String, Long> awaitAll(List<Submitted> submitted) throws InterruptedException {
        Instant deadline = Instant.now().plus(DEADLINE);
        Map<String, Long> ended = new HashMap<>();
        for (Submitted job : submitted) {
            Duration left = Duration.between(Instant.now(), deadline);
            ended.put(job.jobId(), ends.await(job.jobId(), left.isNegative() ? Duration.ZERO : left));
        }
        return ended;
    }

    private static Job found(Map<String, Job> jobs, Submitted job) {
        Job found = jobs.get(job.jobId());
        if (found == null) {
            throw new BenchException(
                    "Job " + job.jobId() + " was accepted and is missing in the listing of its user's jobs.");
        }
        return found;
    }

    /** Up to one millisecond too short, because stored times are truncated to milliseconds. */
    static double millisToStarted(Submitted submitted, Job job) {
        Instant startedAt = Objects.requireNonNull(job.startedAt(), () -> "Job " + job.jobId() + " has not started.");
        return Duration.between(submitted.sentAt(), startedAt).toNanos() / NANOS_PER_MILLI;
    }
}
