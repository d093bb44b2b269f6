package io.renderfleet.telemetry;

import io.micrometer.tracing.Tracer;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Traces by whatever Spring Boot traces with, and the liveness of the background loops. */
@AutoConfiguration(
        afterName = "org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration")
class TelemetryAutoConfiguration {
    private static final Logger log = LoggerFactory.getLogger(TelemetryAutoConfiguration.class);

    @Bean
    LoopHealth loopHealth(Clock clock) {
        return new LoopHealth(clock);
    }

    /** Belongs to the health group {@code liveness} of each service, as {@code loops}. */
    @Bean
    HealthIndicator loopsHealthIndicator(LoopHealth loops) {
        return () -> {
            Map<String, Instant> overdue = loops.overdue();
            if (overdue.isEmpty()) {
                return Health.up().build();
            }
            log.error(
                    "Background loops hang or have died, so that this service must be restarted: each should have begun a"
                            + " turn by the time beside its name: {}",
                    overdue);
            return Health.down().withDetail("overdue", overdue).build();
        };
    }

    /** The share is the one that Spring Boot takes for requests; 0 where nothing is said. */
    @Bean
    JobTraces jobTraces(
            ObjectProvider<Tracer> tracer, @Value("${management.tracing.sampling.probability:0}") double share) {
        return new JobTraces(tracer.getIfAvailable(() -> Tracer.NOOP), share);
    }
}
