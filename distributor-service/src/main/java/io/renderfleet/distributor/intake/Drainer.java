package io.renderfleet.distributor.intake;

import io.renderfleet.distributor.depth.DrainedRegionsCache;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Moves the waiting jobs of drained regions to other regions: while a region is drained, the messages in its queues are
 * routed like those in the master queues. A job that a worker holds stays in its region.
 */
final class Drainer implements SmartLifecycle {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final String NAME = "drainer";
    /** The longest check, which makes no call to AWS. */
    private static final Duration LONGEST_CHECK = Duration.ofMinutes(2);

    private static final Duration AFTER_GRACE = Duration.ofSeconds(3);
    private static final Logger log = LoggerFactory.getLogger(Drainer.class);

    private final Collection<RegionId> regions;
    private final DrainedRegionsCache drained;
    private final Function<RegionId, List<IntakeLoop>> loops;
    private final Duration grace;
    private final LoopHealth health;
    private final Map<RegionId, List<IntakeLoop>> draining = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable LoopTimer timer;

    /**
     * Creates a drainer.
     *
     * @param loops creates the loops for the queues of a region
     * @param grace the time for open polls and batches when stopping
     */
    Drainer(
            Collection<RegionId> regions,
            DrainedRegionsCache drained,
            Function<RegionId, List<IntakeLoop>> loops,
            Duration grace,
            LoopHealth health) {
        this.regions = List.copyOf(regions);
        this.drained = drained;
        this.loops = loops;
        this.grace = grace;
        this.health = health;
    }

    @Override
    public void start() {
        LoopTimer started = new LoopTimer(NAME, health);
        started.every(NAME, Duration.ZERO, PERIOD, LONGEST_CHECK, this::check);
        timer = started;
    }

    private synchronized void check() {
        threads.removeIf(thread -> !thread.isAlive());
        for (RegionId region : regions) {
            if (drained.contains(region) && !draining.containsKey(region)) {
                log.info("The region {} is drained; moving its waiting jobs to other regions", region);
                List<IntakeLoop> begun = loops.apply(region);
                draining.put(region, begun);
                begun.forEach(loop ->
                        threads.add(Thread.ofVirtual().name("drain-" + region).start(loop)));
            } else if (!drained.contains(region) && draining.containsKey(region)) {
                draining.remove(region).forEach(IntakeLoop::stop);
            }
        }
    }

    @Override
    public void stop() {
        LoopTimer running = timer;
        if (running == null) {
            return;
        }
        timer = null;
        try {
            if (running.stop(AFTER_GRACE)) {
                stopLoops();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void stopLoops() throws InterruptedException {
        draining.values().stream().flatMap(List::stream).forEach(IntakeLoop::stop);
        if (!join(grace)) {
            draining.values().stream().flatMap(List::stream).forEach(IntakeLoop::abandonPoll);
            join(AFTER_GRACE);
        }
        draining.clear();
        threads.clear();
    }

    private boolean join(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean all = true;
        for (Thread thread : threads) {
            all &= thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
        return all;
    }

    @Override
    public boolean isRunning() {
        return timer != null;
    }
}
