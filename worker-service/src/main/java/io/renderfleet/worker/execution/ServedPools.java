package io.renderfleet.worker.execution;

import io.renderfleet.pool.Pool;
import io.renderfleet.pool.PoolName;
import io.renderfleet.region.FleetSettings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;

/**
 * The pools whose jobs this worker runs. Each pool has its own slots, so that a pool with no free slot does not delay
 * another.
 *
 * <p>Immutable.
 */
public final class ServedPools {
    private final Map<PoolName, Pool> pools = new LinkedHashMap<>();
    private final int slots;

    ServedPools(Collection<Pool> pools, int slots) {
        pools.forEach(pool -> this.pools.put(pool.name(), pool));
        this.slots = slots;
    }

    /**
     * @throws IllegalArgumentException if the worker's settings name a pool that {@code renderfleet.pools} does not
     *     have
     */
    static ServedPools of(FleetSettings fleet, WorkerSettings worker) {
        for (PoolName wanted : worker.pools()) {
            if (!fleet.poolNames().contains(wanted)) {
                throw new IllegalArgumentException("renderfleet.worker.pools names " + wanted
                        + ", which is not one of renderfleet.pools: " + fleet.pools());
            }
        }
        return new ServedPools(
                fleet.pools().stream()
                        .filter(pool ->
                                worker.pools().isEmpty() || worker.pools().contains(pool.name()))
                        .toList(),
                worker.slots());
    }

    /** In the order of the deployment's settings. */
    public Set<PoolName> names() {
        return pools.keySet();
    }

    boolean contains(PoolName pool) {
        return pools.containsKey(pool);
    }

    /** The number of the pool's jobs that run at the same time. */
    public int slots(PoolName pool) {
        return slots > 0 ? slots : pool(pool).slotsOn(Runtime.getRuntime().availableProcessors());
    }

    /**
     * Creates the threads on which the pool's attempts run. Jobs of kind {@code cpu} get platform threads, because on
     * virtual threads they would occupy the carrier threads that heartbeats and polls need.
     */
    ThreadFactory threads(PoolName pool) {
        return switch (pool(pool).kind()) {
            case CPU -> Thread.ofPlatform().daemon().factory();
            case IO -> Thread.ofVirtual().factory();
        };
    }

    private Pool pool(PoolName name) {
        Pool pool = pools.get(name);
        if (pool == null) {
            throw new IllegalArgumentException("this worker does not serve the pool " + name);
        }
        return pool;
    }
}
