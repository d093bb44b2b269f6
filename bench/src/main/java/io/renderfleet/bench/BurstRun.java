package io.renderfleet.bench;

import io.renderfleet.bench.calls.CountingInterceptor;
import io.renderfleet.bench.load.JobEnds;
import io.renderfleet.bench.load.LoadGenerator;
import io.renderfleet.bench.load.Submitted;
import io.renderfleet.bench.load.TinyRender;
import io.renderfleet.bench.report.Figure;
import io.renderfleet.bench.report.Target;
import io.renderfleet.client.Job;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Submits many more jobs than the fleet can run at once, as fast as the API accepts them, and then checks that each has
 * exactly one result. Clients choose the job ids and repeat a request with the same ids while the API is too busy.
 */
final class BurstRun {
    private static final String USER = "burst";
    private static final int BATCH = 100;
    private static final int CONNECTIONS = 4;
    private static final Duration DEADLINE_BASE = Duration.ofMinutes(2);
    private static final Duration DEADLINE_A_JOB = Duration.ofMillis(40);
    private static final Duration DRAINING = Duration.ofSeconds(90);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);
    private static final double NANOS = 1e9;

    private final InProcessFleet fleet;
    private final int jobs;
    private final PrintStream progress;
    private final JobEnds ends = new JobEnds();

    /** @param jobs the number of jobs, at least 1; the last batch may be smaller than the others */
    BurstRun(InProcessFleet fleet, int jobs, PrintStream progress) {
        this.fleet = fleet;
        this.jobs = jobs;
        this.progress = progress;
        CountingInterceptor.JOBS.onUpdate(ends::written);
    }

    /** The time limit from the first request to the last result, for the given number of jobs. */
    static Duration deadline(int jobs) {
        return DEADLINE_BASE.plus(DEADLINE_A_JOB.multipliedBy(jobs));
    }

    List<Figure> figures() throws InterruptedException {
        long begun = System.nanoTime();
        long deadline = begun + deadline(jobs).toNanos();
        AtomicInteger sent = new AtomicInteger();
        List<Submitted> submitted = new LoadGenerator(CONNECTIONS)
                .send(() -> fleet.client().submitAll(batch(sent)), Math.ceilDiv(jobs, BATCH));
        double accepted = (System.nanoTime() - begun) / NANOS;
        progress.printf("%d jobs accepted after %.1f s%n", submitted.size(), accepted);
        long last = begun;
        for (Submitted job : submitted) {
            last = Math.max(last, ends.await(job.jobId(), Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
        }
        double finished = (last - begun) / NANOS;
        progress.printf("%d jobs finished after %.1f s%n", submitted.size(), finished);
        List<Figure> figures = new ArrayList<>(List.of(
                Figure.of("burst.accepted", "first request → last acceptance", accepted, "s"),
                Figure.of("burst.acceptedPerSecond", "jobs accepted", submitted.size() / accepted, "/s"),
                Figure.of(
                        "burst.busy",
                        "  of these, sent again after 429 or 503",
                        (double) fleet.client().busy(),
                        "jobs"),
                Figure.of("burst.finished", "first request → last result", finished, "s"),
                Figure.of("burst.finishedPerSecond", "jobs finished", submitted.size() / finished, "/s")));
        figures.addAll(proof(submitted));
        return figures;
    }

    private List<Map<String, Object>> batch(AtomicInteger sent) {
        int size = Math.min(BATCH, jobs - sent.getAndAdd(BATCH));
        List<Map<String, Object>> batch = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            Map<String, Object> job = new HashMap<>(TinyRender.of(USER));
            job.put("jobId", UUID.randomUUID().toString());
            batch.add(job);
        }
        return batch;
    }

    private List<Figure> proof(List<Submitted> submitted) throws InterruptedException {
        List<Job> stored = fleet.client().jobsOf(USER);
        Set<String> known = new HashSet<>();
        stored.forEach(job -> known.add(job.jobId()));
        long lost =
                submitted.stream().filter(job -> !known.contains(job.jobId())).count();
        return List.of(
                must("burst.jobs", "jobs accepted", submitted.size(), jobs),
                must("burst.stored", "jobs stored", stored.size(), jobs),
                must("burst.lost", "jobs accepted and not stored", lost, 0),
                must(
                        "burst.once",
                        "jobs with exactly one attempt that SUCCEEDED",
                        stored.stream().filter(job -> succeeded(job) == 1).count(),
                        jobs),
                must(
                        "burst.results",
                        "jobs COMPLETED with exactly one result in S3",
                        fleet.results().countProper(stored),
                        jobs),
                must("burst.messages", "messages left in queues", messagesLeft(), 0));
    }

    private static Figure must(String key, String label, long value, long wanted) {
        return Figure.of(key, label, (double) value, "jobs").against(Target.exactly((double) wanted));
    }

    private static long succeeded(Job job) {
        return job.attempts().stream()
                .filter(attempt -> attempt.outcome().equals("SUCCEEDED"))
                .count();
    }

    /**
     * Waits, because messages are deleted in batches, and a message that was not deleted reappears after its
     * visibility.
     */
    private long messagesLeft() throws InterruptedException {
        long deadline = System.nanoTime() + DRAINING.toNanos();
        long left = fleet.messages();
        while (left > 0 && System.nanoTime() < deadline) {
            TimeUnit.NANOSECONDS.sleep(CHECK_INTERVAL.toNanos());
            left = fleet.messages();
        }
        return left;
    }
}
