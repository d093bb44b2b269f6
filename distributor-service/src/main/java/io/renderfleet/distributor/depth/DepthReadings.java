package io.renderfleet.distributor.depth;

import io.renderfleet.region.RegionId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the depths of all regions in parallel into a ledger. At most one reading per region runs at a time; a refresh
 * that starts during it shares it. A reading that takes longer than the timeout is still applied when it completes.
 *
 * <p>Thread-safe.
 */
final class DepthReadings {
    private final DepthLedger ledger;
    private final DepthReader reader;
    private final Duration timeout;
    private final Clock clock;
    private final Executor executor;
    private final Map<RegionId, CompletableFuture<Void>> running = new HashMap<>();
    private volatile @Nullable Instant refreshedAt;

    DepthReadings(DepthLedger ledger, DepthReader reader, Duration timeout, Clock clock, Executor executor) {
        this.ledger = ledger;
        this.reader = reader;
        this.timeout = timeout;
        this.clock = clock;
        this.executor = executor;
    }

    /** Reads all regions; returns when every reading has succeeded, failed or timed out. */
    void refresh() throws InterruptedException {
        Instant startedAt = clock.instant();
        List<CompletableFuture<Void>> readings = new ArrayList<>();
        for (RegionId region : ledger.regions()) {
            readings.add(start(region));
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        int i = 0;
        for (RegionId region : ledger.regions()) {
            try {
                readings.get(i++).get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                ledger.region(region).failed();
            }
        }
        refreshedAt = startedAt;
    }

    /** When the last completed refresh started, even if some of its readings failed; empty before the first. */
    Optional<Instant> refreshedAt() {
        return Optional.ofNullable(refreshedAt);
    }

    private synchronized CompletableFuture<Void> start(RegionId region) {
        CompletableFuture<Void> current = running.get(region);
        if (current != null && !current.isDone()) {
            return current;
        }
        RegionLedger regionLedger = ledger.region(region);
        RegionLedger.Reading reading = regionLedger.begin(clock.instant());
        CompletableFuture<Void> started =
                CompletableFuture.runAsync(() -> regionLedger.apply(reading, reader.read(region)), executor);
        running.put(region, started);
        return started;
    }
}
