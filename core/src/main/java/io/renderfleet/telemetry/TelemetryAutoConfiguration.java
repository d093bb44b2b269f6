package io.renderfleet.telemetry;

import io.micrometer.tracing.Tracer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Traces by whatever Spring Boot traces with. */
@AutoConfiguration(
        afterName = "org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration")
class TelemetryAutoConfiguration {

    /** The share is the one that Spring Boot takes for requests; 0 where nothing is said. */
    @Bean
    JobTraces jobTraces(
            ObjectProvider<Tracer> tracer, @Value("${management.tracing.sampling.probability:0}") double share) {
        return new JobTraces(tracer.getIfAvailable(() -> Tracer.NOOP), share);
    }
}
