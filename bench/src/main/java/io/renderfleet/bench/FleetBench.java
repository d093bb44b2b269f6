package io.renderfleet.bench;

import io.renderfleet.bench.calls.CallCount;
import io.renderfleet.bench.calls.CallKind;
import io.renderfleet.bench.calls.Calls;
import io.renderfleet.bench.calls.CountingInterceptor;
import io.renderfleet.bench.load.JobEnds;
import io.renderfleet.bench.load.LoadGenerator;
import io.renderfleet.bench.load.TimedClient;
import io.renderfleet.bench.load.TinyRender;
import io.renderfleet.bench.report.BenchReport;
import io.renderfleet.bench.report.CallTable;
import io.renderfleet.bench.report.Figure;
import io.renderfleet.bench.report.Target;
import io.renderfleet.report.Percentiles;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Measures the fleet: after a warm-up, first one job at a time, then as many as the API accepts, in single requests and
 * in batches.
 */
final class FleetBench {
    private static final int JOBS = 2_000;
    private static final int IDLE_JOBS = 200;
    private static final int CONNECTIONS = 16;
    private static final int BATCH = 100;
    private static final int BATCH_CONNECTIONS = 4;
    private static final int WARM_UP_JOBS = 600;
    private static final int WARM_UP_IDLE_JOBS = 40;
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(75);

    /** The warm-up ends when the JIT compiler was busy for less than this share of a round. */
    private static final double COMPILER_SHARE = 0.1;

    /** The table with the items of batches; all others are those of jobs. */
    private static final String FLEET = "fleet";

    private final TimedClient client;
    private final StoredResults results;
    private final IdleRun idle;
    private final LoadedRun loaded;
    private final PreviewRun previews;
    private final LoadGenerator singles = new LoadGenerator(CONNECTIONS);
    private final LoadGenerator batches = new LoadGenerator(BATCH_CONNECTIONS);
    private final PrintStream progress;

    FleetBench(TimedClient client, StoredResults results, PrintStream progress) {
        var ends = new JobEnds();
        CountingInterceptor.JOBS.onUpdate(ends::written);
        this.client = client;
        this.results = results;
        this.progress = progress;
        this.idle = new IdleRun(client, ends, RandomGenerator.getDefault());
        this.loaded = new LoadedRun(client, ends, CountingInterceptor.CALLS);
        this.previews = new PreviewRun(client, ends, CountingInterceptor.CALLS, results);
    }

    void measure(BenchReport report) throws InterruptedException {
        warmUp();
        progress.printf("Idle: %d jobs, one after another%n", IDLE_JOBS);
        report.add("Idle: one job at a time", idleFigures(idle.run(TinyRender.of("idle"), IDLE_JOBS)));

        progress.printf("Loaded: %d jobs by POST /jobs%n", JOBS);
        LoadedRun.Outcome single = single("loaded-single", JOBS);
        add(report, "loaded", "Loaded: %,d jobs by POST /jobs on %d connections".formatted(JOBS, CONNECTIONS), single);

        progress.printf("Loaded: %d jobs by POST /jobs/batch%n", JOBS);
        LoadedRun.Outcome batch = batch("loaded-batch", JOBS);
        add(
                report,
                "batch",
                "Loaded: %,d jobs by POST /jobs/batch of %d on %d connections"
                        .formatted(JOBS, BATCH, BATCH_CONNECTIONS),
                batch);
        progress.printf("Previews of a render that takes long%n");
        report.add("Previews of a render that takes long", previews.figures());
        report.add(new CallTable("AWS calls, POST /jobs", JOBS, single.calls()));
        report.add(new CallTable("AWS calls, POST /jobs/batch", JOBS, batch.calls()));
    }

    /** Runs jobs until the JIT compiler has little work left, or a time limit has passed. */
    private void warmUp() throws InterruptedException {
        long begun = System.nanoTime();
        double share = 1;
        for (int round = 1; share > COMPILER_SHARE && System.nanoTime() - begun < LONGEST_WARM_UP.toNanos(); round++) {
            progress.printf("Warming up, round %d%n", round);
            long start = System.nanoTime();
            Duration before = Machine.compilerTime();
            single("warm-up-single-" + round, WARM_UP_JOBS);
            batch("warm-up-batch-" + round, WARM_UP_JOBS);
            idle.run(TinyRender.of("warm-up-idle-" + round), WARM_UP_IDLE_JOBS);
            share = (double) Machine.compilerTime().minus(before).toNanos() / (System.nanoTime() - start);
        }
    }

    private LoadedRun.Outcome single(String userId, int jobs) throws InterruptedException {
        Map<String, Object> job = TinyRender.of(userId);
        return loaded.run(singles, () -> List.of(client.submit(job)), jobs, userId);
    }

    private LoadedRun.Outcome batch(String userId, int jobs) throws InterruptedException {
        Map<String, Object> job = TinyRender.of(userId);
        return loaded.run(batches, () -> client.submitBatch(job, BATCH), jobs / BATCH, userId);
    }

    private static List<Figure> idleFigures(IdleRun.Outcome outcome) {
        return List.of(
                Figure.of("idle.accepted", "submit → accepted", outcome.toAccepted(), "ms"),
                Figure.of("idle.started", "submit → started", outcome.toStarted(), "ms")
                        .against(Target.atMost(30)),
                Figure.of("idle.committed", "submit → result committed", outcome.toCommitted(), "ms"),
                Figure.of("idle.visible", "submit → result visible", outcome.toVisible(), "ms")
                        .against(Target.atMost(60))
                        .comparedWith("boto3 55, Celery 18"));
    }

    private void add(BenchReport report, String key, String title, LoadedRun.Outcome outcome) {
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of(key + ".acceptedPerSecond", "jobs accepted", outcome.acceptedPerSecond(), "/s"));
        figures.add(Figure.of(key + ".finishedPerSecond", "jobs finished", outcome.finishedPerSecond(), "/s")
                .against(Target.atLeast(120))
                .comparedWith("boto3 35, Celery 88"));
        figures.add(Figure.of(key + ".busy", "  of these, sent again after 503", (double) outcome.busy(), "jobs"));
        figures.add(Figure.of(
                key + ".processorMillis",
                "processor time, including clients and local AWS",
                outcome.processorMillis(),
                "ms per job"));
        figures.add(Figure.of(key + ".started", "submit → started", outcome.toStarted(), "ms"));
        figures.add(Figure.of(key + ".visible", "submit → result visible", outcome.toVisible(), "ms"));
        figures.add(Figure.of(
                        key + ".results",
                        "jobs COMPLETED with exactly one result in S3",
                        (double) results.countProper(outcome.jobs().values()),
                        "jobs")
                .against(Target.exactly(JOBS)));
        figures.addAll(cost(key, outcome));
        report.add(title, figures);
    }

    /** The calls that AWS bills, including background calls such as depth readings and empty receives. */
    private static List<Figure> cost(String key, LoadedRun.Outcome outcome) {
        Calls calls = outcome.calls();
        CallCount writes =
                calls.sum(kind -> kind.isDynamoDbWrite() && !kind.target().equals(FLEET));
        CallCount others =
                calls.sum(kind -> kind.isDynamoDbWrite() && kind.target().equals(FLEET));
        CallCount sqs = calls.sum(kind -> kind.service().equals(CallKind.SQS));
        CallCount depths = calls.sum(kind -> kind.operation().equals("GetQueueAttributes"));
        CallCount puts = calls.sum(kind -> kind.operation().equals("PutObject"));
        CallCount gets = calls.sum(kind -> is(kind, "GetObject", "blobs"));
        CallCount lookups = calls.sum(kind -> is(kind, "GetObject", "designs"));
        Percentiles sizes = new Percentiles(outcome.jobs().keySet().stream()
                .map(id -> (double) CountingInterceptor.JOBS.itemBytes(id))
                .toList());
        return List.of(
                Figure.of(key + ".dynamoDbWrites", "DynamoDB write calls for jobs", perJob(writes.calls()), "per job")
                        .against(Target.atMost(4).mustHold())
                        .comparedWith("boto3 4"),
                Figure.of(
                                key + ".dynamoDbWriteUnits",
                                "DynamoDB write units for jobs",
                                perJob(writes.writeUnits()),
                                "per job")
                        .against(Target.atMost(8).mustHold()),
                Figure.of(
                                key + ".otherDynamoDbWrites",
                                "  write calls for other items, one for each batch",
                                perJob(others.calls()),
                                "per job")
                        .against(Target.atMost(1.0 / BATCH)),
                Figure.of(key + ".itemBytes", "size of a finished job's item, median", sizes.at(50), "bytes")
                        .against(Target.atMost(1024)),
                Figure.of(key + ".sqsCalls", "SQS calls", perJob(sqs.calls()), "per job")
                        .against(Target.atMost(2).mustHold())
                        .comparedWith("boto3 4.2-5"),
                Figure.of(
                        key + ".sqsBackgroundCalls",
                        "  of these, depth readings and empty receives",
                        perJob(depths.calls() + sqs.empty()),
                        "per job"),
                Figure.of(key + ".s3Puts", "S3 PUT requests", perJob(puts.calls()), "per job")
                        .against(Target.exactly(1)),
                Figure.of(key + ".s3DesignGets", "S3 GET requests for a cached design", (double) gets.calls(), "total")
                        .against(Target.exactly(0)),
                Figure.of(
                        key + ".s3NameGets",
                        "S3 GET requests for a design's document",
                        (double) lookups.calls(),
                        "total"));
    }

    private static boolean is(CallKind kind, String operation, String target) {
        return kind.operation().equals(operation) && kind.target().equals(target);
    }

    private static double perJob(long count) {
        return (double) count / JOBS;
    }
}
