package io.renderfleet.worker.execution;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.ClaimOutcome;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Duration;
import java.util.Locale;

/** What a worker counts. */
final class ExecutionMetrics {
    private final MeterRegistry registry;
    private final Timer run;

    ExecutionMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.run = Timer.builder(FleetMetric.WORKER_RUN.metricName())
                .description(FleetMetric.WORKER_RUN.description())
                .publishPercentileHistogram()
                .register(registry);
    }

    void claim(ClaimOutcome outcome) {
        count(FleetMetric.WORKER_CLAIMS, kebab(outcome.getClass().getSimpleName()));
    }

    void completed(Duration took) {
        run.record(took);
        ended(Attempt.Outcome.SUCCEEDED);
    }

    void cancelled() {
        ended(Attempt.Outcome.CANCELLED);
    }

    void ended(Attempt.Outcome outcome) {
        count(FleetMetric.WORKER_ATTEMPTS, outcome.name().toLowerCase(Locale.ROOT));
    }

    void discarded() {
        count(FleetMetric.WORKER_ATTEMPTS, "discarded");
    }

    void claimFailed() {
        count(FleetMetric.WORKER_CLAIMS, "failed");
    }

    void unreadableJob() {
        count(FleetMetric.WORKER_CLAIMS, "unreadable");
    }

    /** The job store could not be told how an attempt ended. */
    void attemptUnsettled() {
        count(FleetMetric.WORKER_ATTEMPTS, "unsettled");
    }

    private void count(FleetMetric metric, String outcome) {
        registry.counter(metric.metricName(), "outcome", outcome).increment();
    }

    private static String kebab(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
