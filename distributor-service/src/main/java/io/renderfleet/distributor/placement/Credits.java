package io.renderfleet.distributor.placement;

import io.renderfleet.region.RegionId;
import java.util.Map;

/**
 * The fractions of jobs that regions are owed from earlier decisions, because only whole jobs can be placed. Carrying
 * them from batch to batch makes batches of single jobs follow the weights as closely as a large batch.
 *
 * @param owed the jobs owed to each region, negative for a region that got more than its share; 0 for other regions
 */
public record Credits(Map<RegionId, Double> owed) {
    private static final Credits NONE = new Credits(Map.of());

    public Credits {
        owed = Map.copyOf(owed);
    }

    /** No region is owed anything. */
    public static Credits none() {
        return NONE;
    }

    double of(RegionId region) {
        return owed.getOrDefault(region, 0.0);
    }
}
