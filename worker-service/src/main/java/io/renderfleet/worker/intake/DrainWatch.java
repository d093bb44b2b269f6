package io.renderfleet.worker.intake;

import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether an operator has closed this worker's region, and tells of each change. What was seen last
 * holds until the next look succeeds.
 */
final class DrainWatch implements AutoCloseable {
    private static final String NAME = "drain-watch";
    /** One read with its retries. */
    private static final Duration LONGEST_CHECK = Duration.ofMinutes(2);

    private static final Logger log = LoggerFactory.getLogger(DrainWatch.class);

    private final Supplier<Set<RegionId>> drained;
    private final RegionId region;
    private final LoopHealth health;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(NAME).daemon().factory());
    private boolean closed;
    private boolean blind;

    DrainWatch(Supplier<Set<RegionId>> drained, RegionId region, LoopHealth health) {
        this.drained = drained;
        this.region = region;
        this.health = health;
    }

    /**
     * Starts looking.
     *
     * @param period between two looks; zero for none at all
     * @param changed is told whether the region is closed, on the watch's own thread
     */
    void start(Duration period, Consumer<Boolean> changed) {
        if (period.isPositive()) {
            var _ = timer.scheduleWithFixedDelay(
                    () -> turn(period, changed), 0, period.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** A scheduled task that throws once never runs again. */
    private void turn(Duration period, Consumer<Boolean> changed) {
        try {
            health.turn(NAME, period.plus(LONGEST_CHECK));
            check(changed);
        } catch (RuntimeException | Error e) {
            log.error("Unexpected error in the drain watch; continuing", e);
        }
    }

    void check(Consumer<Boolean> changed) {
        try {
            boolean now = drained.get().contains(region);
            blind = false;
            if (now != closed) {
                closed = now;
                log.info(now ? "{} is drained: taking no new work" : "{} is open again: taking work", region);
                changed.accept(now);
            }
        } catch (RuntimeException | Error e) {
            // Errors too: a scheduled task that throws once never runs again.
            if (!blind) {
                blind = true;
                log.warn("Could not look whether {} is drained, going by the last look: {}", region, e.toString());
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        health.ended(NAME);
    }
}
