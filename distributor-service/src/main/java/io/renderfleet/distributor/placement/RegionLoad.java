package io.renderfleet.distributor.placement;

import io.renderfleet.region.RegionId;

/**
 * What a decision knows of a region.
 *
 * @param depth jobs that wait there or run, 0 or more
 * @param room how many more it may be given now; 0 when it is full or cannot be reached
 */
public record RegionLoad(RegionId region, long depth, long room) {
    public RegionLoad {
        if (depth < 0 || room < 0) {
            throw new IllegalArgumentException("depth and room are never negative: " + depth + ", " + room);
        }
    }

    public boolean hasRoom() {
        return room > 0;
    }
}
