package io.renderfleet.bench;

import io.renderfleet.bench.calls.CountingInterceptor;
import io.renderfleet.bench.load.JobEnds;
import io.renderfleet.bench.load.LoadGenerator;
import io.renderfleet.bench.load.Submitted;
import io.renderfleet.bench.load.TimedClient;
import io.renderfleet.bench.load.TinyRender;
import io.renderfleet.bench.report.Figure;
import io.renderfleet.bench.report.Target;
import io.renderfleet.client.Job;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Submits jobs with several ordering keys, one after another within each key and concurrently for different keys, and
 * checks in the stored times that they ran in that order.
 */
final class OrderingRun {
    private static final String USER = "ordering";
    private static final int KEYS = 20;
    private static final int JOBS_PER_KEY = 10;
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final double NANOS = 1e9;

    private final TimedClient client;
    private final JobEnds ends = new JobEnds();

    OrderingRun(TimedClient client) {
        this.client = client;
        CountingInterceptor.JOBS.onUpdate(ends::written);
    }

    List<Figure> figures() throws InterruptedException {
        long begun = System.nanoTime();
        AtomicInteger keys = new AtomicInteger();
        List<Submitted> submitted =
                new LoadGenerator(KEYS).send(() -> submitAll("key-" + keys.incrementAndGet()), KEYS);
        long last = begun;
        for (Submitted job : submitted) {
            last = Math.max(last, ends.await(job.jobId(), DEADLINE));
        }
        double seconds = (last - begun) / NANOS;
        KeyRuns runs = runs(submitted);
        return List.of(
                Figure.of(
                                "ordering.jobs",
                                "jobs, %d per ordering key".formatted(JOBS_PER_KEY),
                                submitted.size(),
                                "jobs")
                        .against(Target.exactly(KEYS * JOBS_PER_KEY)),
                Figure.of(
                                "ordering.violations",
                                "jobs started before the previous one of their key had ended",
                                (double) runs.violations(),
                                "jobs")
                        .against(Target.exactly(0)),
                Figure.of("ordering.seconds", "first request → last result", seconds, "s"),
                Figure.of("ordering.perSecond", "jobs finished", submitted.size() / seconds, "/s"),
                Figure.of(
                        "ordering.keysAtATime",
                        "most keys with a running job at the same time",
                        (double) runs.mostKeysAtATime(),
                        "keys"));
    }

    /**
     * Each job is sent after the previous one was accepted, because jobs run in the order in which they were accepted.
     */
    private List<Submitted> submitAll(String key) throws InterruptedException {
        Map<String, Object> job = new HashMap<>(TinyRender.of(USER));
        job.put("orderingKey", key);
        List<Submitted> all = new ArrayList<>();
        for (int i = 0; i < JOBS_PER_KEY; i++) {
            all.add(client.submit(job));
        }
        return all;
    }

    private KeyRuns runs(List<Submitted> submitted) throws InterruptedException {
        Map<String, Job> stored = new HashMap<>();
        client.jobsOf(USER).forEach(job -> stored.put(job.jobId(), job));
        KeyRuns runs = new KeyRuns();
        for (Submitted job : submitted) {
            Job found = stored.get(job.jobId());
            if (found == null) {
                throw new BenchException(
                        "Job " + job.jobId() + " was accepted and is missing in the listing of its user's jobs.");
            }
            runs.add(found);
        }
        return runs;
    }
}
