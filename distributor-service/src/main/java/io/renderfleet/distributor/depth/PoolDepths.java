package io.renderfleet.distributor.depth;

import io.renderfleet.pool.PoolName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.context.SmartLifecycle;

/**
 * How deep the queues of each pool are. Each pool has a ledger and readings of its own, so that one whose queues do not
 * answer does not make the others' depths unknown. Runs from before the first batch is received until after the last.
 *
 * <p>Thread-safe.
 */
public final class PoolDepths implements SmartLifecycle {
    /** Before the intake, which starts last and stops first. */
    private static final int PHASE = DEFAULT_PHASE - 1;

    private final Map<PoolName, DepthRefresher> refreshers = new LinkedHashMap<>();
    private volatile boolean running;

    PoolDepths(List<DepthRefresher> refreshers) {
        refreshers.forEach(refresher -> this.refreshers.put(refresher.pool(), refresher));
    }

    /** The pools there are, in the order they were configured. */
    public Set<PoolName> pools() {
        return Collections.unmodifiableSet(refreshers.keySet());
    }

    /** {@link IllegalArgumentException} when this deployment does not run the pool. */
    public DepthLedger ledger(PoolName pool) {
        return refresher(pool).ledger();
    }

    /** {@link IllegalArgumentException} when this deployment does not run the pool. */
    public DepthRefresher refresher(PoolName pool) {
        DepthRefresher refresher = refreshers.get(pool);
        if (refresher == null) {
            throw new IllegalArgumentException("no pool " + pool + " is configured; there are " + refreshers.keySet());
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
        // Side by side, since each may wait for a reading that is under way.
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
