package io.renderfleet.distributor.depth;

import io.renderfleet.region.RegionId;

/** Asks a region how much of a pool waits and runs there. */
@FunctionalInterface
interface DepthReader {

    /** Jobs visible and in flight; blocks, and throws whatever kept the region from answering. */
    long read(RegionId region);
}
