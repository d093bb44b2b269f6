package io.renderfleet.distributor.placement;

import io.renderfleet.region.RegionId;
import java.util.List;
import java.util.Optional;

/**
 * The regions of the jobs of a batch.
 *
 * @param regions for each job, in the order of the request; empty when no region in which the job may run has room
 * @param credits the credits for the next batch
 */
public record Plan(List<Optional<RegionId>> regions, Credits credits) {
    public Plan {
        regions = List.copyOf(regions);
    }
}
