package io.renderfleet.distributor.depth;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DepthMetersTests {
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private final DepthLedger ledger = new DepthLedger(List.of(EAST), 3);
    private final MutableClock clock = new MutableClock(NOW);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void showsForHowLongThereWasNoReading() {
        DepthConfiguration.bind(registry, JobBuilder.POOL, ledger, clock, clock.instant());
        assertThat(age()).isZero();

        clock.advance(Duration.ofSeconds(5));
        assertThat(age()).isEqualTo(5);

        RegionLedger east = ledger.region(EAST);
        east.apply(east.begin(clock.instant()), 7);
        assertThat(age()).isZero();
    }

    private double age() {
        return registry.get(FleetMetric.DISTRIBUTOR_REGION_DEPTH_AGE.metricName())
                .gauge()
                .value();
    }
}
