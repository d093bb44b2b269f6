package io.renderfleet.worker.intake;

import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Periodically reads whether this worker's region is drained, and reports each change. If a read fails, the last known
 * state remains in effect.
 */
final class DrainWatch implements AutoCloseable {
    private static final String NAME = "drain-watch";
    /** The longest time of one read with its retries. */
    private static final Duration LONGEST_CHECK = Duration.ofMinutes(2);

    private static final Logger log = LoggerFactory.getLogger(DrainWatch.class);

    private final Supplier<Set<RegionId>> drained;
    private final RegionId region;
    private final LoopTimer timer;
    private boolean closed;
    private boolean failing;

    DrainWatch(Supplier<Set<RegionId>> drained, RegionId region, LoopHealth health) {
        this.drained = drained;
        this.region = region;
        this.timer = new LoopTimer(NAME, health);
    }

    /**
     * Starts the checks.
     *
     * @param period the time between two checks; zero disables them
     * @param changed receives whether the region is drained, at each change, on the thread of the watch
     */
    void start(Duration period, Consumer<Boolean> changed) {
        if (period.isPositive()) {
            timer.every(NAME, Duration.ZERO, period, LONGEST_CHECK, () -> check(changed));
        }
    }

    void check(Consumer<Boolean> changed) {
        try {
            boolean now = drained.get().contains(region);
            failing = false;
            if (now != closed) {
                closed = now;
                log.info(
                        now
                                ? "Region {} is drained; receiving no new jobs"
                                : "Region {} is no longer drained; receiving jobs",
                        region);
                changed.accept(now);
            }
        } catch (RuntimeException | Error e) {
            // Logged once, and not at each check.
            if (!failing) {
                failing = true;
                log.warn(
                        "Could not read whether region {} is drained; assuming {} until a read succeeds: {}",
                        region,
                        closed ? "that it is" : "that it is not",
                        e.toString());
            }
        }
    }

    @Override
    public void close() {
        timer.stop(Duration.ZERO);
    }
}
