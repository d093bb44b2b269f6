package io.renderfleet.distributor.depth;

import io.renderfleet.pool.PoolName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.context.SmartLifecycle;

/**
 * The depths of all pools. Each pool has its own ledger and readings, so that a pool whose queues do not respond does
 * not make the depths of the others unknown. Starts before the intake and stops after it.
 *
 * <p>Thread-safe.
 */
public final class PoolDepths implements SmartLifecycle {
    /** Starts before the intake and stops after it. */
    private static final int PHASE = DEFAULT_PHASE - 1;

    private final Map<PoolName, DepthRefresher> refreshers = new LinkedHashMap<>();
    private volatile boolean running;

    PoolDepths(List<DepthRefresher> refreshers) {
        refreshers.forEach(refresher -> this.refreshers.put(refresher.pool(), refresher));
    }

    /** The configured pools, in their configured order. */
    public Set<PoolName> pools() {
        return Collections.unmodifiableSet(refreshers.keySet());
    }

    /** The ledger of a pool; {@link IllegalArgumentException} when the pool is not configured. */
    public DepthLedger ledger(PoolName pool) {
        return refresher(pool).ledger();
    }

    /** The refresher of a pool; {@link IllegalArgumentException} when the pool is not configured. */
    public DepthRefresher refresher(PoolName pool) {
        DepthRefresher refresher = refreshers.get(pool);
        if (refresher == null) {
            throw new IllegalArgumentException(
                    "The pool " + pool + " is not configured; the pools are " + refreshers.keySet());
        }
        return refresher;
    }

    @Override
    public void start() {
        refreshers.values().forEach(DepthRefresher::start);
        running = true;
    }

    @Override
    public void stop() {
        // In parallel, because each may wait for a reading that is running.
        refreshers.values().parallelStream().forEach(DepthRefresher::stop);
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
