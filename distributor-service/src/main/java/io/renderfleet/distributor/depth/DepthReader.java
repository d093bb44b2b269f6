package io.renderfleet.distributor.depth;

import io.renderfleet.region.RegionId;

/** Reads the depth of a pool's queues in a region. */
@FunctionalInterface
interface DepthReader {

    /** Reads the number of jobs that wait or run. Blocks, and throws an unchecked exception when the reading fails. */
    long read(RegionId region);
}
