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
 * Reads all regions side by side into a ledger. At most one reading per region is under way: who asks meanwhile shares
 * it, and one that is late still counts when it arrives.
 *
 * <p>Thread-safe.
 */
final class DepthReadings {
    private final DepthLedger ledger;
    private final DepthReader reader;
    private final Duration timeout;
    private final Clock clock;
    private final Executor executor;
    private final Map<RegionId, CompletableFuture<Void>> underWay = new HashMap<>();
    private volatile @Nullable Instant refreshedAt;

    DepthReadings(DepthLedger ledger, DepthReader reader, Duration timeout, Clock clock, Executor executor) {
        this.ledger = ledger;
        this.reader = reader;
        this.timeout = timeout;
        this.clock = clock;
        this.executor = executor;
    }

    /** Returns when every region has answered, or has failed to in time. */
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

    /** When the last refresh that ended began; empty before the first. A region that did not answer does not age it. */
    Optional<Instant> refreshedAt() {
        return Optional.ofNullable(refreshedAt);
    }

    private synchronized CompletableFuture<Void> start(RegionId region) {
        CompletableFuture<Void> running = underWay.get(region);
        if (running != null && !running.isDone()) {
            return running;
        }
        RegionLedger account = ledger.region(region);
        RegionLedger.Reading reading = account.begin(clock.instant());
        CompletableFuture<Void> started =
                CompletableFuture.runAsync(() -> account.apply(reading, reader.read(region)), executor);
        underWay.put(region, started);
        return started;
    }
}
