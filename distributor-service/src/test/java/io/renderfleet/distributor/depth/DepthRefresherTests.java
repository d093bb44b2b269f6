package io.renderfleet.distributor.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.testing.JobBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DepthRefresherTests {
    private static final Duration SHORT = Duration.ofMillis(5);

    /** A clock whose first answer is an error. */
    private static final class BrokenAtFirst extends Clock {
        private final AtomicInteger calls = new AtomicInteger();

        @Override
        public Instant instant() {
            if (calls.incrementAndGet() == 1) {
                throw new StackOverflowError("on purpose");
            }
            return Instant.now();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void goesOnAfterAnError() {
        DepthLedger ledger = new DepthLedger(List.of(new RegionId("us-east-1")), 2);
        AtomicInteger reads = new AtomicInteger();
        Clock clock = Clock.systemUTC();
        LoopHealth health = new LoopHealth(clock);
        DepthReadings readings = new DepthReadings(
                ledger, _ -> reads.incrementAndGet(), Duration.ofSeconds(1), new BrokenAtFirst(), Runnable::run);
        LaneDepths lanes = new LaneDepths((_, _) -> 0, SHORT, clock, Runnable::run);
        DepthSettings settings = new DepthSettings(
                SHORT, SHORT, SHORT, SHORT, Duration.ofSeconds(1), 2, Duration.ZERO, Duration.ofSeconds(5));
        DepthRefresher refresher =
                new DepthRefresher(JobBuilder.POOL, ledger, readings, lanes, settings, clock, health);
        refresher.start();
        try {
            await().until(() -> reads.get() >= 2);
            assertThat(health.deadlines()).containsOnlyKeys("depth-refresh-render");
        } finally {
            refresher.stop();
        }
        assertThat(health.deadlines()).isEmpty();
    }
}
