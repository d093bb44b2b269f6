package io.renderfleet.worker.execution;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.pool.PoolName;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/** The metrics of the claims and attempts of one pool's jobs. Thread-safe. */
final class ExecutionMetrics {
    /**
     * The bucket bounds of both histograms, about a factor of two apart, from the duration of a tiny render to that of
     * the longest jobs. A worker exports two dozen series with them; Micrometer's own bounds make 140 series and end at
     * 30 s.
     */
    private static final Duration[] BOUNDS = Stream.of(
                    "PT0.25S", "PT0.5S", "PT1S", "PT2S", "PT5S", "PT10S", "PT30S", "PT1M", "PT2M", "PT5M", "PT15M",
                    "PT30M", "PT1H")
            .map(Duration::parse)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final String pool;
    private final Timer wait;
    private final Timer run;

    ExecutionMetrics(MeterRegistry registry, PoolName pool) {
        this.registry = registry;
        this.pool = pool.value();
        this.wait = timer(FleetMetric.WORKER_WAIT);
        this.run = timer(FleetMetric.WORKER_RUN);
        // Registered at the start, because rate() in Prometheus does not see the first increment of a new series.
        for (Attempt.Outcome outcome : Attempt.Outcome.values()) {
            attempts(name(outcome));
        }
    }

    /** @param waited the time since the job was accepted; a negative value, from clocks that differ, counts as zero */
    void started(Duration waited) {
        wait.record(waited.isNegative() ? Duration.ZERO : waited);
    }

    void claim(ClaimOutcome outcome) {
        claims(kebab(outcome.getClass().getSimpleName()));
    }

    void completed(Duration took) {
        run.record(took);
        ended(Attempt.Outcome.SUCCEEDED);
    }

    void cancelled() {
        ended(Attempt.Outcome.CANCELLED);
    }

    void ended(Attempt.Outcome outcome) {
        attempts(name(outcome)).increment();
    }

    void discarded() {
        attempts("discarded").increment();
    }

    void claimFailed() {
        claims("failed");
    }

    void unreadableJob() {
        claims("unreadable");
    }

    /** The outcome of an attempt could not be written to the job store. */
    void attemptUnsettled() {
        attempts("unsettled").increment();
    }

    private void claims(String outcome) {
        registry.counter(FleetMetric.WORKER_CLAIMS.metricName(), "outcome", outcome, "pool", pool)
                .increment();
    }

    private Counter attempts(String outcome) {
        return registry.counter(FleetMetric.WORKER_ATTEMPTS.metricName(), "outcome", outcome, "pool", pool);
    }

    private Timer timer(FleetMetric metric) {
        return Timer.builder(metric.metricName())
                .description(metric.description())
                .tag("pool", pool)
                .serviceLevelObjectives(BOUNDS)
                .register(registry);
    }

    private static String name(Attempt.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static String kebab(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
