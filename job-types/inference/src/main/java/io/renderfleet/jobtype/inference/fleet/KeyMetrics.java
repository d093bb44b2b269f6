package io.renderfleet.jobtype.inference.fleet;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.renderfleet.jobtype.inference.keys.CallOutcome;
import io.renderfleet.jobtype.inference.keys.DomainName;
import io.renderfleet.jobtype.inference.keys.KeyPool;
import io.renderfleet.jobtype.inference.keys.KeyState;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The metrics of a pool in this worker. Keys appear by their ids, and only in the states of keys. */
final class KeyMetrics {
    private static final String SUCCEEDED = "succeeded";
    private static final String RATE_LIMITED = "rate-limited";
    private static final String QUOTA_EXHAUSTED = "quota-exhausted";
    private static final String UNAUTHORIZED = "unauthorized";
    private static final String FAILED = "failed";
    private static final String REFUSED = "refused";
    private static final String ABANDONED = "abandoned";
    private static final List<String> OUTCOMES =
            List.of(SUCCEEDED, RATE_LIMITED, QUOTA_EXHAUSTED, UNAUTHORIZED, FAILED, REFUSED, ABANDONED);

    private final MeterRegistry registry;
    private final String pool;
    private final Timer latency;

    KeyMetrics(MeterRegistry registry, SharedKeyPool shared, Collection<DomainName> domains) {
        this.registry = registry;
        this.pool = shared.name();
        this.latency = Timer.builder(FleetMetric.INFERENCE_CALL_LATENCY.metricName())
                .description(FleetMetric.INFERENCE_CALL_LATENCY.description())
                .tag("pool", pool)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(50))
                .maximumExpectedValue(Duration.ofMinutes(2))
                .register(registry);
        KeyPool keys = shared.keys();
        for (DomainName domain : domains) {
            Tags tags = Tags.of("pool", pool, "domain", domain.value());
            gauge(FleetMetric.INFERENCE_PERMITS, tags, () -> shared.permits(domain));
            gauge(FleetMetric.INFERENCE_PERMITS_USED, tags, () -> keys.inUse(domain));
            // Registered at 0: Prometheus does not count the first value of a series as an increase.
            OUTCOMES.forEach(outcome -> calls(domain, outcome));
        }
        keys.keys().forEach(key -> {
            for (KeyState state : KeyState.values()) {
                Tags tags = Tags.of("pool", pool, "key", key.id().value(), "state", name(state));
                gauge(FleetMetric.INFERENCE_KEYS, tags, () -> keys.state(key.id()) == state ? 1 : 0);
            }
        });
        keys.onEnd((permit, outcome) -> ended(permit.domain(), outcome));
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private void gauge(FleetMetric metric, Tags tags, Supplier<Number> value) {
        Gauge.builder(metric.metricName(), value)
                .description(metric.description())
                .tags(tags)
                .register(registry);
    }

    private void ended(DomainName domain, CallOutcome outcome) {
        String name = switch (outcome) {
            case CallOutcome.Succeeded succeeded -> {
                latency.record(succeeded.latency());
                yield SUCCEEDED;
            }
            case CallOutcome.RateLimited _ -> RATE_LIMITED;
            case CallOutcome.QuotaExhausted _ -> QUOTA_EXHAUSTED;
            case CallOutcome.Unauthorized _ -> UNAUTHORIZED;
            case CallOutcome.EndpointFailed _ -> FAILED;
            case CallOutcome.Refused _ -> REFUSED;
            case CallOutcome.Abandoned _ -> ABANDONED;
        };
        calls(domain, name).increment();
    }

    private Counter calls(DomainName domain, String outcome) {
        return Counter.builder(FleetMetric.INFERENCE_CALLS.metricName())
                .description(FleetMetric.INFERENCE_CALLS.description())
                .tags("pool", pool, "domain", domain.value(), "outcome", outcome)
                .register(registry);
    }
}
