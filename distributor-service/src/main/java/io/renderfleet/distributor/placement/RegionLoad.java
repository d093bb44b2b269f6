package io.renderfleet.distributor.placement;

import io.renderfleet.region.RegionId;

/**
 * The state of a region that placement depends on.
 *
 * @param depth the number of jobs that wait or run in the region, 0 or more
 * @param room the number of jobs that the region can take now; 0 when it is full or unreachable
 */
public record RegionLoad(RegionId region, long depth, long room) {
    public RegionLoad {
        if (depth < 0 || room < 0) {
            throw new IllegalArgumentException("The depth and the room must not be negative: " + depth + ", " + room);
        }
    }

    public boolean hasRoom() {
        return room > 0;
    }
}
