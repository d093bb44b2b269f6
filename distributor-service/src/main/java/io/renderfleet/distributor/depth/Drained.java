package io.renderfleet.distributor.depth;

import io.renderfleet.region.DrainedRegions;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Which regions an operator has closed to new work, as of the last look. While the looks fail the last answer stands: a
 * region that was drained for a reason must not open because a table is away. Each look is one read, 17,280 a day at
 * five seconds, 0.07 USD a month.
 *
 * <p>Thread-safe.
 */
public final class Drained implements SmartLifecycle {
    /** Before the intake: no job is sent on a guess. */
    private static final int PHASE = DEFAULT_PHASE - 1;

    private static final String NAME = "drained-regions";
    /** One read with its retries. */
    private static final Duration LONGEST_CHECK = Duration.ofMinutes(2);

    private static final Logger log = LoggerFactory.getLogger(Drained.class);

    private final DrainedRegions regions;
    private final Duration period;
    private final LoopHealth health;
    private volatile Set<RegionId> drained = Set.of();
    private boolean failing;
    private volatile @Nullable ScheduledExecutorService timer;

    Drained(DrainedRegions regions, Duration period, LoopHealth health) {
        this.regions = regions;
        this.period = period;
        this.health = health;
    }

    public boolean contains(RegionId region) {
        return drained.contains(region);
    }

    @Override
    public void start() {
        check();
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(NAME).daemon().factory());
        var _ = started.scheduleWithFixedDelay(
                this::check, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        timer = started;
    }

    private void check() {
        try {
            health.turn(NAME, period.plus(LONGEST_CHECK));
            Set<RegionId> now = regions.get();
            if (!now.equals(drained)) {
                log.info("Drained regions: {}", now);
            }
            drained = now;
            failing = false;
        } catch (Throwable e) {
            // Errors too: a scheduled task that throws once never runs again.
            if (!failing) {
                failing = true;
                log.warn("Cannot see which regions are drained, keeping to {}: {}", drained, e.toString());
            }
        }
    }

    @Override
    public void stop() {
        ScheduledExecutorService running = timer;
        if (running != null) {
            running.shutdownNow();
            timer = null;
            health.ended(NAME);
        }
    }

    @Override
    public boolean isRunning() {
        return timer != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
