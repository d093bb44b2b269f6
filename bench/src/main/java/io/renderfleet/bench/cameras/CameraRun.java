package io.renderfleet.bench.cameras;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.bench.BenchException;
import io.renderfleet.bench.Machine;
import io.renderfleet.bench.calls.CallCount;
import io.renderfleet.bench.calls.CallKind;
import io.renderfleet.bench.calls.Calls;
import io.renderfleet.bench.calls.CountingInterceptor;
import io.renderfleet.bench.cameras.PushedResults.Pushed;
import io.renderfleet.bench.report.Figure;
import io.renderfleet.bench.report.Target;
import io.renderfleet.fakellm.Behaviour;
import io.renderfleet.fakellm.Call;
import io.renderfleet.report.Percentiles;
import io.renderfleet.standalone.FakeModels;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;

/** Lets cameras send events for a time, one of the keys dies in the middle of, and measures what became of the events. */
public final class CameraRun {
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(105);

    /** The warm-up ends when the JIT compiler was busy for less than this share of a round. */
    private static final double COMPILER_SHARE = 0.1;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int DEAD_KEY = 3;
    private static final double MILLIS = 1_000_000.0;

    private final URI api;
    private final FakeModels models;
    private final int cameras;
    private final Duration time;
    private final PrintStream progress;

    /**
     * @param cameras 1 to 1,000
     * @param time how long the cameras send, after a warm-up
     */
    public CameraRun(URI api, FakeModels models, int cameras, Duration time, PrintStream progress) {
        this.api = api;
        this.models = models;
        this.cameras = cameras;
        this.time = time;
        this.progress = progress;
    }

    /** An event with its result. */
    private record Event(Cameras.Sent sent, Pushed pushed) {
        double total() {
            return (pushed.at() - sent.sent()) / MILLIS;
        }

        double accepting() {
            return (sent.accepted() - sent.sent()) / MILLIS;
        }

        double call() {
            return tasks().path(0).isMissingNode()
                    ? 0
                    : tasks().valueStream()
                            .mapToDouble(task -> task.path("latencyMs").asDouble())
                            .max()
                            .orElse(0);
        }

        double overhead() {
            return total() - call();
        }

        JsonNode tasks() {
            return pushed.event().path("result").path("tasks");
        }

        boolean isComplete() {
            return pushed.event().path("status").asText().equals("COMPLETED")
                    && !pushed.event().path("result").path("partial").asBoolean(true);
        }
    }

    /** Runs the cameras and returns the figures. */
    public List<Figure> figures() throws InterruptedException {
        try (PushedResults results = new PushedResults(api);
                Cameras warmUp = new Cameras(api, cameras);
                Cameras measured = new Cameras(api, cameras)) {
            warmUp(warmUp, results);

            progress.printf(
                    "%d cameras for %d s; key %d of %d dies after %d s%n",
                    cameras, time.toSeconds(), DEAD_KEY, FakeModels.KEYS, time.toSeconds() / 2);
            long callsBefore = models.server().journal().count();
            Calls before = CountingInterceptor.CALLS.snapshot();
            Instant killed = sendAndKill(measured);
            List<Event> events = await(measured.accepted(), results);
            Calls calls = CountingInterceptor.CALLS.snapshot().since(before);
            long modelCalls = models.server().journal().count() - callsBefore;
            return figures(measured, results, events, calls, modelCalls, killed);
        }
    }

    /** Sends events until the JIT compiler has little work left, or a time limit has passed. */
    private void warmUp(Cameras warmUp, PushedResults results) throws InterruptedException {
        long begun = System.nanoTime();
        double share = 1;
        for (int round = 1; share > COMPILER_SHARE && System.nanoTime() - begun < LONGEST_WARM_UP.toNanos(); round++) {
            progress.printf("Warming up, round %d%n", round);
            long start = System.nanoTime();
            Duration before = Machine.compilerTime();
            warmUp.send(WARM_UP);
            await(warmUp.accepted(), results);
            share = (double) Machine.compilerTime().minus(before).toNanos() / (System.nanoTime() - start);
        }
    }

    private Instant sendAndKill(Cameras measured) throws InterruptedException {
        AtomicReference<Instant> killed = new AtomicReference<>(Instant.MAX);
        try (ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor()) {
            var _ = later.schedule(
                    () -> {
                        models.server()
                                .setKeyBehaviour(
                                        FakeModels.secret(DEAD_KEY), Behaviour.of(Behaviour.Kind.UNAUTHORIZED));
                        killed.set(Instant.now());
                    },
                    time.toMillis() / 2,
                    TimeUnit.MILLISECONDS);
            measured.send(time);
        }
        return killed.get();
    }

    /** Waits until every event has its result, and returns those that have one. */
    private static List<Event> await(List<Cameras.Sent> sent, PushedResults results) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline
                && sent.stream().anyMatch(event -> results.of(event.jobId()).isEmpty())) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        List<Event> events = new ArrayList<>();
        sent.forEach(event -> results.of(event.jobId()).ifPresent(pushed -> events.add(new Event(event, pushed))));
        return events;
    }

    private List<Figure> figures(
            Cameras measured, PushedResults results, List<Event> events, Calls calls, long modelCalls, Instant killed) {
        if (events.isEmpty()) {
            throw new BenchException("No event had a result. The first problem: "
                    + measured.refused().stream().findFirst().orElse("none was refused"));
        }
        int sent = measured.accepted().size() + measured.refused().size();
        long complete = events.stream().filter(Event::isComplete).count();
        CallCount writes = calls.sum(kind -> kind.service().equals(CallKind.DYNAMODB));
        CallCount queues = calls.sum(kind -> kind.service().equals(CallKind.SQS));
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of("cameras.events", "events sent", (double) sent, "events"));
        figures.add(Figure.of(
                "cameras.bytes",
                "size of an event",
                measured.accepted().stream()
                        .mapToInt(Cameras.Sent::bytes)
                        .average()
                        .orElse(0),
                "bytes"));
        figures.add(Figure.of("cameras.total", "sent → pushed", percentiles(events, Event::total), "ms"));
        figures.add(Figure.of(
                        "cameras.p95",
                        "sent → pushed, 95th percentile",
                        percentiles(events, Event::total).at(95),
                        "ms")
                .against(Target.atMost(1500)));
        figures.add(
                Figure.of("cameras.call", "  the slowest call of an event", percentiles(events, Event::call), "ms"));
        figures.add(Figure.of("cameras.accepting", "  sent → accepted", percentiles(events, Event::accepting), "ms"));
        figures.add(
                Figure.of("cameras.overhead", "  all but the slowest call", percentiles(events, Event::overhead), "ms")
                        .against(Target.atMost(80)));
        figures.add(Figure.of(
                        "cameras.overheadP95",
                        "  all but the slowest call, 95th percentile",
                        percentiles(events, Event::overhead).at(95),
                        "ms")
                .against(Target.atMost(250)));
        figures.add(Figure.of("cameras.success", "events with all answers", 100.0 * complete / sent, "%")
                .against(Target.atLeast(99.9)));
        figures.add(Figure.of("cameras.lost", "events without a result", (double) (sent - events.size()), "events")
                .against(Target.exactly(0)));
        figures.add(Figure.of("cameras.repeated", "results pushed again", (double) results.repeated(), "results"));
        figures.add(
                Figure.of("cameras.busy", "events sent again after 429 or 503", (double) measured.busy(), "events"));
        figures.add(Figure.of("cameras.calls", "calls of the model", modelCalls / seconds(), "/s"));
        figures.add(Figure.of("cameras.callsPerEvent", "calls of the model", (double) modelCalls / sent, "per event"));
        figures.add(Figure.of("cameras.violations", "calls beyond a limit of the provider", violations(), "calls")
                .against(Target.exactly(0)));
        deadKey(killed, figures);
        figures.add(Figure.of(
                        "cameras.writeUnits", "DynamoDB write units", (double) writes.writeUnits() / sent, "per event")
                .against(Target.atMost(15)));
        figures.add(Figure.of("cameras.sqs", "SQS calls", (double) queues.calls() / sent, "per event"));
        return figures;
    }

    private double seconds() {
        return time.toMillis() / 1000.0;
    }

    private static Percentiles percentiles(List<Event> events, ToDoubleFunction<Event> figure) {
        return new Percentiles(events.stream().mapToDouble(figure).boxed().toList());
    }

    private double violations() {
        return models.server().statistics().domains().values().stream()
                .flatMap(domain -> domain.violations().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** How long the dead key was used, and how many calls were refused because of it. */
    private void deadKey(Instant killed, List<Figure> figures) {
        List<Call> refused = models.server().journal().calls().stream()
                .filter(call -> call.secret().equals(FakeModels.secret(DEAD_KEY)) && call.status() == 401)
                .toList();
        Optional<Instant> last = refused.stream().map(Call::at).max(Instant::compareTo);
        figures.add(Figure.of("cameras.deadCalls", "calls with the dead key", (double) refused.size(), "calls"));
        figures.add(Figure.of(
                        "cameras.deadTime",
                        "death of the key → its last call",
                        last.map(at -> Math.max(0, Duration.between(killed, at).toMillis()))
                                .orElse(0L)
                                .doubleValue(),
                        "ms")
                .against(Target.atMost(1000)));
    }
}
