package io.renderfleet.worker.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.DrainedRegions;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.worker.execution.JobExecution;
import io.renderfleet.worker.execution.WorkerSettings;
import io.renderfleet.worker.protection.TaskProtection;
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
            TaskProtection protection,
            WorkerSettings worker,
            IntakeSettings settings,
            MeterRegistry registry,
            LoopHealth health) {
        List<LanePoller> pollers = worker.lanes().stream()
                .map(lane -> new LanePoller(
                        lane,
                        queues.regional(worker.region(), lane),
                        settings.longPoll(),
                        worker.visibility(),
                        received(lane, registry)))
                .toList();
        Slots slots = new Slots(worker.slotCount());
        Gauge.builder(FleetMetric.WORKER_SLOTS.metricName(), slots, Slots::count)
                .description(FleetMetric.WORKER_SLOTS.description())
                .register(registry);
        Gauge.builder(FleetMetric.WORKER_SLOTS_BUSY.metricName(), slots, Slots::busy)
                .description(FleetMetric.WORKER_SLOTS_BUSY.description())
                .register(registry);
        IntakePlan plan = new IntakePlan(settings.weights().of(worker.lanes()), slots.count(), new Random());
        return new Intake(pollers, plan, execution, protection, slots, worker.grace(), health);
    }

    /** Starts to look when it is made, and the intake hears of it even before it starts. */
    @Bean
    DrainWatch drainWatch(DrainedRegions drained, WorkerSettings worker, Intake intake, LoopHealth health) {
        DrainWatch watch = new DrainWatch(drained::get, worker.region(), health);
        watch.start(worker.drainCheck(), intake::close);
        return watch;
    }

    static Counter received(Lane lane, MeterRegistry registry) {
        return Counter.builder(FleetMetric.WORKER_RECEIVED.metricName())
                .description(FleetMetric.WORKER_RECEIVED.description())
                .tag("lane", lane.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }
}
