package io.renderfleet.distributor.dispatch;

import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;

/** A destination of messages: the queues of one pool in one region. */
record Destination(RegionId region, PoolName pool) {

    @Override
    public String toString() {
        return region + " (pool " + pool + ")";
    }
}
