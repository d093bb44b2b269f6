package io.renderfleet.worker.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.DrainedRegions;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.worker.execution.JobExecution;
import io.renderfleet.worker.execution.ServedPools;
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
            JobRunners runners,
            TaskProtection protection,
            ServedPools pools,
            WorkerSettings worker,
            IntakeSettings settings,
            MeterRegistry registry,
            LoopHealth health) {
        List<PoolIntake> intakes = pools.names().stream()
                .map(pool -> {
                    List<LanePoller> pollers = worker.lanes().stream()
                            .map(lane -> new LanePoller(
                                    lane,
                                    queues.regional(worker.region(), pool, lane),
                                    settings.longPoll(),
                                    worker.visibility(),
                                    received(pool, lane, registry)))
                            .toList();
                    Slots slots = slots(pool, pools.slots(pool), registry);
                    IntakePlan plan =
                            new IntakePlan(settings.weights().of(worker.lanes()), slots.count(), new Random());
                    return new PoolIntake(
                            pool, pollers, plan, () -> runners.closedUntil(pool), execution, protection, slots, health);
                })
                .toList();
        return new Intake(intakes, execution, protection, worker.grace());
    }

    private static Slots slots(PoolName pool, int count, MeterRegistry registry) {
        Slots slots = new Slots(count);
        Gauge.builder(FleetMetric.WORKER_SLOTS.metricName(), slots, Slots::count)
                .description(FleetMetric.WORKER_SLOTS.description())
                .tag("pool", pool.value())
                .register(registry);
        Gauge.builder(FleetMetric.WORKER_SLOTS_BUSY.metricName(), slots, Slots::busy)
                .description(FleetMetric.WORKER_SLOTS_BUSY.description())
                .tag("pool", pool.value())
                .register(registry);
        return slots;
    }

    /** Starts its checks when it is created, so that the intake knows of a drain before it starts. */
    @Bean
    DrainWatch drainWatch(DrainedRegions drained, WorkerSettings worker, Intake intake, LoopHealth health) {
        DrainWatch watch = new DrainWatch(drained::get, worker.region(), health);
        watch.start(worker.drainCheck(), intake::close);
        return watch;
    }

    static Counter received(PoolName pool, Lane lane, MeterRegistry registry) {
        return Counter.builder(FleetMetric.WORKER_RECEIVED.metricName())
                .description(FleetMetric.WORKER_RECEIVED.description())
                .tag("lane", lane.name().toLowerCase(Locale.ROOT))
                .tag("pool", pool.value())
                .register(registry);
    }
}
