package io.renderfleet.distributor.depth;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.region.RegionId;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DepthReadingsTests {
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private final MutableClock clock = new MutableClock(NOW);
    private final DepthLedger ledger = new DepthLedger(List.of(EAST, WEST), 2);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger readsOfTheSilentOne = new AtomicInteger();

    @AfterEach
    void close() {
        answer.countDown();
        executor.close();
    }

    @Test
    void aSilentRegionDoesNotKeepTheOthersFromBeingRead() throws InterruptedException {
        DepthReadings readings = readings(Duration.ofMillis(10));
        readings.refresh();
        assertThat(ledger.depth(EAST)).isEqualTo(new Depth(5, true, NOW));
        assertThat(ledger.depth(WEST).known()).isFalse();
        assertThat(readings.refreshedAt()).contains(NOW);
    }

    @Test
    void aSilentRegionIsNotAskedAgainWhileItOwesAnAnswerWhichStillCountsWhenItComes() throws InterruptedException {
        readings(Duration.ofMillis(10)).refresh();
        DepthReadings patient = readings(Duration.ofMinutes(1));
        answer.countDown();
        patient.refresh();
        assertThat(ledger.depth(WEST)).isEqualTo(new Depth(9, true, NOW));
    }

    @Test
    void sharesAReadingThatIsUnderWay() throws InterruptedException {
        DepthReadings readings = readings(Duration.ofMillis(10));
        readings.refresh();
        readings.refresh();
        assertThat(readsOfTheSilentOne).hasValue(1);
    }

    @Test
    void aFailingRegionIsUnknownAfterAsManyFailuresAsAreTolerated() throws InterruptedException {
        var down = new boolean[1];
        var readings = new DepthReadings(
                ledger,
                region -> {
                    if (region.equals(WEST) && down[0]) {
                        throw new IllegalStateException("down");
                    }
                    return 1;
                },
                Duration.ofMinutes(1),
                clock,
                Runnable::run);
        readings.refresh();
        down[0] = true;
        readings.refresh();
        assertThat(ledger.depth(WEST).known()).isTrue();
        readings.refresh();
        assertThat(ledger.depth(WEST).known()).isFalse();
        assertThat(ledger.depth(EAST).known()).isTrue();
    }

    private DepthReadings readings(Duration timeout) {
        return new DepthReadings(ledger, this::read, timeout, clock, executor);
    }

    private long read(RegionId region) {
        if (region.equals(EAST)) {
            return 5;
        }
        readsOfTheSilentOne.incrementAndGet();
        try {
            answer.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return 9;
    }
}
