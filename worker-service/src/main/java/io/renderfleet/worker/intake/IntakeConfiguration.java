package io.renderfleet.worker.intake;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.worker.execution.JobExecution;
import io.renderfleet.worker.execution.WorkerSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {

    @Bean
    Intake intake(JobQueues queues, JobExecution execution, WorkerSettings settings, MeterRegistry registry) {
        Intake intake = new Intake(queues.regional(settings.region(), Lane.NORMAL), execution, settings);
        Gauge.builder(FleetMetric.WORKER_SLOTS_BUSY.metricName(), intake, Intake::busySlots)
                .description(FleetMetric.WORKER_SLOTS_BUSY.description())
                .register(registry);
        return intake;
    }
}
