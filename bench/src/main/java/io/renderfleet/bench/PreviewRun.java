package io.renderfleet.bench;

import io.renderfleet.bench.calls.CallCount;
import io.renderfleet.bench.calls.CallCounter;
import io.renderfleet.bench.calls.CallKind;
import io.renderfleet.bench.calls.Calls;
import io.renderfleet.bench.load.JobEnds;
import io.renderfleet.bench.load.Submitted;
import io.renderfleet.bench.load.TimedClient;
import io.renderfleet.bench.load.TinyRender;
import io.renderfleet.bench.report.Figure;
import io.renderfleet.bench.report.Target;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs one render that takes longer than two seconds, and counts what its previews cost. */
final class PreviewRun {
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final int SAMPLES = 256;
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final double NANOS = 1e9;
    private static final double USD_PER_PUT = 0.000_005;
    private static final double MILLION = 1e6;
    private static final double KIB = 1024;

    private final TimedClient client;
    private final JobEnds ends;
    private final CallCounter counter;
    private final StoredResults results;

    PreviewRun(TimedClient client, JobEnds ends, CallCounter counter, StoredResults results) {
        this.client = client;
        this.ends = ends;
        this.counter = counter;
        this.results = results;
    }

    List<Figure> figures() throws InterruptedException {
        Map<String, Object> job = new HashMap<>(TinyRender.of("previews"));
        job.put("output", Map.of("width", WIDTH, "height", HEIGHT, "samplesPerPixel", SAMPLES));
        Calls before = counter.snapshot();
        Submitted submitted = client.submit(job);
        double seconds = (ends.await(submitted.jobId(), DEADLINE) - submitted.acceptedNanos()) / NANOS;
        Calls calls = counter.snapshot().since(before);
        long puts = calls.sum(kind -> kind.operation().equals("PutObject")).calls() - 1;
        long bytes = results.previews(submitted.jobId()).stream()
                .mapToLong(Long::longValue)
                .sum();
        CallCount writes = calls.sum(CallKind::isDynamoDbWrite);
        // At 2, 4, 8 and so on seconds.
        double most = Math.floor(Math.log(Math.max(1, seconds)) / Math.log(2));
        return List.of(
                Figure.of("previews.seconds", "a render of %d x %d pixels".formatted(WIDTH, HEIGHT), seconds, "s"),
                Figure.of("previews.s3Puts", "S3 PUT requests for its previews", (double) puts, "per job")
                        .against(Target.atMost(most)),
                Figure.of("previews.bytes", "bytes of its previews", bytes / KIB, "KiB per job"),
                Figure.of(
                        "previews.writes",
                        "writes of DynamoDB for the job, none of them for a preview",
                        (double) writes.calls(),
                        "per job"),
                Figure.of("previews.writeUnits", "  write units of these", (double) writes.writeUnits(), "per job"),
                Figure.of("previews.cost", "  cost of these, for a million jobs", puts * USD_PER_PUT * MILLION, "USD"));
    }
}
