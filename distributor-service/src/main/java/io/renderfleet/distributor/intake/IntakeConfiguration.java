package io.renderfleet.distributor.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.distributor.depth.DepthLedger;
import io.renderfleet.distributor.depth.DepthRefresher;
import io.renderfleet.distributor.depth.Drained;
import io.renderfleet.distributor.dispatch.Dispatcher;
import io.renderfleet.distributor.placement.Placer;
import io.renderfleet.job.JobStore;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.telemetry.JobTraces;
import io.renderfleet.telemetry.LoopHealth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({IntakeSettings.class, RoutingSettings.class})
class IntakeConfiguration {

    @Bean
    RegionChoice regionChoice(DepthLedger ledger, Dispatcher dispatcher, Drained drained, RoutingSettings routing) {
        return new RegionChoice(ledger, dispatcher, new Placer(routing.policy()), drained, routing.depthLimit());
    }

    @Bean
    Acknowledgements acknowledgements() {
        return new Acknowledgements();
    }

    @Bean
    BatchRouter batchRouter(
            DepthRefresher depths,
            RegionChoice regions,
            JobStore jobs,
            Dispatcher dispatcher,
            Acknowledgements acknowledgements,
            IntakeSettings settings,
            MeterRegistry meters,
            JobTraces traces) {
        return new BatchRouter(
                depths,
                regions,
                new RouteWriter(jobs, traces),
                dispatcher,
                new MessageSettlement(
                        new Backoff(settings.hold(), settings.maxHold()),
                        acknowledgements,
                        RandomGenerator.getDefault()),
                settings.routeTimeout(),
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("route-", 0).factory()),
                meters);
    }

    @Bean
    Intake intake(
            JobQueues queues,
            BatchRouter router,
            RegionChoice regions,
            DepthRefresher depths,
            Acknowledgements acknowledgements,
            IntakeSettings settings,
            LoopHealth health) {
        Map<String, Supplier<IntakeLoop>> loops = new LinkedHashMap<>();
        for (Lane lane : settings.lanes()) {
            for (int i = 0; i < settings.loops(); i++) {
                loops.put(
                        "intake-" + lane.name().toLowerCase(Locale.ROOT) + "-" + i,
                        () -> new IntakeLoop(
                                queues.master(lane),
                                router,
                                regions,
                                depths,
                                settings,
                                RandomGenerator.getDefault(),
                                health));
            }
        }
        return new Intake(loops, acknowledgements, settings.grace());
    }

    @Bean
    Drainer drainer(
            FleetSettings fleet,
            Drained drained,
            JobQueues queues,
            BatchRouter router,
            RegionChoice regions,
            DepthRefresher depths,
            IntakeSettings settings,
            LoopHealth health) {
        return new Drainer(
                settings.loops() == 0 ? List.of() : fleet.regions(),
                drained,
                region -> settings.lanes().stream()
                        .map(lane -> new IntakeLoop(
                                queues.regional(region, lane),
                                router,
                                regions,
                                depths,
                                settings,
                                RandomGenerator.getDefault(),
                                health))
                        .toList(),
                settings.grace(),
                health);
    }
}
