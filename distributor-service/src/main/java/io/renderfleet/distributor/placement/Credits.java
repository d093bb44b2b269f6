package io.renderfleet.distributor.placement;

import io.renderfleet.region.RegionId;
import java.util.Map;

/**
 * What each region is owed from earlier decisions, in jobs: the part of its share that whole jobs could not give it.
 * Carried from batch to batch, it lets single jobs follow the weights as well as a large batch does.
 *
 * @param owed jobs, negative for a region that is ahead; regions that are not in it are owed nothing
 */
public record Credits(Map<RegionId, Double> owed) {
    private static final Credits NONE = new Credits(Map.of());

    public Credits {
        owed = Map.copyOf(owed);
    }

    public static Credits none() {
        return NONE;
    }

    double of(RegionId region) {
        return owed.getOrDefault(region, 0.0);
    }
}
