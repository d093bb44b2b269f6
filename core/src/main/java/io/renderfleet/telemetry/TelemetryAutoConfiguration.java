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

/** The traces of jobs, with Spring Boot's tracer, and the liveness of the background loops. */
@AutoConfiguration(
        afterName = "org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration")
class TelemetryAutoConfiguration {
    private static final Logger log = LoggerFactory.getLogger(TelemetryAutoConfiguration.class);

    @Bean
    LoopHealth loopHealth(Clock clock) {
        return new LoopHealth(clock);
    }

    /** The indicator {@code loops}, which is in the health group {@code liveness} of each service. */
    @Bean
    HealthIndicator loopsHealthIndicator(LoopHealth loops) {
        return () -> {
            Map<String, Instant> overdue = loops.overdue();
            if (overdue.isEmpty()) {
                return Health.up().build();
            }
            log.error(
                    "Background loops did not report in time: they hang or have ended, and the service must be restarted."
                            + " Loops, with the time by which each should have reported: {}",
                    overdue);
            return Health.down().withDetail("overdue", overdue).build();
        };
    }

    /** The share of traced jobs is Spring Boot's sampling probability of requests; 0 when that is not set. */
    @Bean
    JobTraces jobTraces(
            ObjectProvider<Tracer> tracer, @Value("${management.tracing.sampling.probability:0}") double share) {
        return new JobTraces(tracer.getIfAvailable(() -> Tracer.NOOP), share);
    }
}
