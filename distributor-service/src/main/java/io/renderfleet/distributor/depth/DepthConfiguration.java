package io.renderfleet.distributor.depth;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.region.DrainedRegions;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DepthSettings.class)
class DepthConfiguration {

    @Bean
    PoolDepths poolDepths(
            FleetSettings fleet, JobQueues queues, DepthSettings settings, Clock clock, LoopHealth health) {
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("depth-read-", 0).factory());
        return new PoolDepths(fleet.poolNames().stream()
                .map(pool -> {
                    var ledger = new DepthLedger(fleet.regions(), settings.failuresTolerated());
                    var reader = new LaneDepths(
                            (region, lane) ->
                                    queues.regional(region, pool, lane).depth().total(),
                            settings.quietRefresh(),
                            clock,
                            threads);
                    var readings = new DepthReadings(ledger, reader, settings.readTimeout(), clock, threads);
                    return new DepthRefresher(pool, ledger, readings, reader, settings, clock, health);
                })
                .toList());
    }

    @Bean
    DrainedRegionsCache drained(DrainedRegions regions, DepthSettings settings, LoopHealth health) {
        return new DrainedRegionsCache(regions, settings.drainedRefresh(), health);
    }

    @Bean
    MeterBinder depthMeters(PoolDepths depths, Clock clock) {
        return registry ->
                depths.pools().forEach(pool -> bind(registry, pool, depths.ledger(pool), clock, clock.instant()));
    }

    static void bind(MeterRegistry registry, PoolName pool, DepthLedger ledger, Clock clock, Instant startedAt) {
        ledger.regions().forEach(region -> bind(registry, pool, ledger, clock, startedAt, region));
    }

    private static void bind(
            MeterRegistry registry,
            PoolName pool,
            DepthLedger ledger,
            Clock clock,
            Instant startedAt,
            RegionId region) {
        Gauge.builder(
                        FleetMetric.DISTRIBUTOR_REGION_DEPTH.metricName(),
                        () -> ledger.depth(region).jobs())
                .description(FleetMetric.DISTRIBUTOR_REGION_DEPTH.description())
                .tag("region", region.value())
                .tag("pool", pool.value())
                .register(registry);
        Gauge.builder(
                        FleetMetric.DISTRIBUTOR_REGION_DEPTH_AGE.metricName(),
                        () -> age(ledger, clock, startedAt, region))
                .description(FleetMetric.DISTRIBUTOR_REGION_DEPTH_AGE.description())
                .tag("region", region.value())
                .tag("pool", pool.value())
                .baseUnit("seconds")
                .register(registry);
    }

    /**
     * The age of the last reading in seconds; before the first, the time since the start. Never NaN, which makes sums
     * NaN.
     */
    private static double age(DepthLedger ledger, Clock clock, Instant startedAt, RegionId region) {
        Instant measuredAt = ledger.depth(region).measuredAt();
        return Duration.between(measuredAt == null ? startedAt : measuredAt, clock.instant())
                        .toMillis()
                / 1000.0;
    }
}
