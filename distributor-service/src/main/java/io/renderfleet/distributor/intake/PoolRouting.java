package io.renderfleet.distributor.intake;

import io.renderfleet.distributor.depth.DepthRefresher;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.telemetry.LoopHealth;
import java.util.random.RandomGenerator;

/**
 * What routes the jobs of one pool. Pools share nothing but the regions' drains, so that a pool that is full, or whose
 * queues do not answer, never delays another one.
 */
record PoolRouting(PoolName pool, RegionChoice regions, DepthRefresher depths, BatchRouter router) {

    /** A loop that routes what arrives in one of the pool's queues. */
    IntakeLoop loop(JobQueue source, IntakeSettings settings, LoopHealth health) {
        return new IntakeLoop(source, router, regions, depths, settings, RandomGenerator.getDefault(), health);
    }
}
