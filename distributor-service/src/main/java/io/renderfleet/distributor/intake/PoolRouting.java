package io.renderfleet.distributor.intake;

import io.renderfleet.distributor.depth.DepthRefresher;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.telemetry.LoopHealth;
import java.util.random.RandomGenerator;

/**
 * The components that route the jobs of one pool. Pools share only the set of drained regions, so a pool that is full
 * or whose queues do not respond does not delay the others.
 */
record PoolRouting(PoolName pool, RegionChoice regions, DepthRefresher depths, BatchRouter router) {

    /** Creates a loop that routes the messages of one of the pool's queues. */
    IntakeLoop loop(JobQueue source, IntakeSettings settings, LoopHealth health) {
        return new IntakeLoop(source, router, regions, depths, settings, RandomGenerator.getDefault(), health);
    }
}
