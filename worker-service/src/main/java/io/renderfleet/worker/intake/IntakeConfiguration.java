package io.renderfleet.worker.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.worker.execution.JobExecution;
import io.renderfleet.worker.execution.WorkerSettings;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {

    @Bean
    Intake intake(
            JobQueues queues,
            JobExecution execution,
            WorkerSettings worker,
            IntakeSettings settings,
            MeterRegistry registry) {
        List<LanePoller> pollers = worker.lanes().stream()
                .map(lane -> new LanePoller(
                        lane,
                        queues.regional(worker.region(), lane),
                        settings.longPoll(),
                        worker.visibility(),
                        received(lane, registry)))
                .toList();
        Slots slots = new Slots(worker.slotCount());
        Gauge.builder(FleetMetric.WORKER_SLOTS_BUSY.metricName(), slots, Slots::busy)
                .description(FleetMetric.WORKER_SLOTS_BUSY.description())
                .register(registry);
        IntakePlan plan = new IntakePlan(settings.weights().of(worker.lanes()), slots.count(), new Random());
        return new Intake(pollers, plan, execution, slots, worker.grace());
    }

    static Counter received(Lane lane, MeterRegistry registry) {
        return Counter.builder(FleetMetric.WORKER_RECEIVED.metricName())
                .description(FleetMetric.WORKER_RECEIVED.description())
                .tag("lane", lane.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }
}
