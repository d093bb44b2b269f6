package io.renderfleet.distributor.placement;

import io.renderfleet.region.RegionId;
import java.util.List;
import java.util.Optional;

/**
 * Where the jobs of a batch go.
 *
 * @param regions for each job, in the order asked; empty when no region it may run in has room
 * @param credits what to hand to the next decision
 */
public record Plan(List<Optional<RegionId>> regions, Credits credits) {
    public Plan {
        regions = List.copyOf(regions);
    }
}
