package io.renderfleet.distributor.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.distributor.depth.DepthRefresher;
import io.renderfleet.distributor.depth.DrainedRegionsCache;
import io.renderfleet.distributor.depth.PoolDepths;
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
import java.util.concurrent.ExecutorService;
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
    Acknowledgements acknowledgements() {
        return new Acknowledgements();
    }

    @Bean
    PoolRoutings poolRoutings(
            PoolDepths depths,
            Dispatcher dispatcher,
            DrainedRegionsCache drained,
            JobStore jobs,
            Acknowledgements acknowledgements,
            RoutingSettings routing,
            IntakeSettings settings,
            MeterRegistry meters,
            JobTraces traces) {
        var writer = new RouteWriter(jobs, traces);
        var settlement = new MessageSettlement(
                new Backoff(settings.hold(), settings.maxHold()), acknowledgements, RandomGenerator.getDefault());
        ExecutorService executor = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("route-", 0).factory());
        return new PoolRoutings(depths.pools().stream()
                .map(pool -> {
                    var placer = new Placer(routing.policy());
                    var regions = new RegionChoice(
                            pool, depths.ledger(pool), dispatcher, placer, drained, routing.depthLimit());
                    DepthRefresher refresher = depths.refresher(pool);
                    var router = new BatchRouter(
                            pool,
                            refresher,
                            regions,
                            writer,
                            dispatcher,
                            settlement,
                            settings.routeTimeout(),
                            executor,
                            meters);
                    return new PoolRouting(pool, regions, refresher, router);
                })
                .toList());
    }

    /**
     * The routings of all pools. A record, because Spring would resolve a bean of type list to the beans of its
     * elements.
     */
    record PoolRoutings(List<PoolRouting> all) {}

    @Bean
    Intake intake(
            JobQueues queues,
            PoolRoutings pools,
            Acknowledgements acknowledgements,
            IntakeSettings settings,
            LoopHealth health) {
        Map<String, Supplier<IntakeLoop>> loops = new LinkedHashMap<>();
        for (PoolRouting routing : pools.all()) {
            for (Lane lane : settings.lanes()) {
                for (int i = 0; i < settings.loops(); i++) {
                    loops.put(
                            "intake-" + routing.pool() + "-" + lane.name().toLowerCase(Locale.ROOT) + "-" + i,
                            () -> routing.loop(queues.master(routing.pool(), lane), settings, health));
                }
            }
        }
        return new Intake(loops, acknowledgements, settings.grace());
    }

    @Bean
    Drainer drainer(
            FleetSettings fleet,
            DrainedRegionsCache drained,
            JobQueues queues,
            PoolRoutings pools,
            IntakeSettings settings,
            LoopHealth health) {
        return new Drainer(
                settings.loops() == 0 ? List.of() : fleet.regions(),
                drained,
                region -> pools.all().stream()
                        .flatMap(routing -> settings.lanes().stream()
                                .map(lane ->
                                        routing.loop(queues.regional(region, routing.pool(), lane), settings, health)))
                        .toList(),
                settings.grace(),
                health);
    }
}
