package io.renderfleet.distributor.placement;

/**
 * Sets the share of jobs that each region gets. {@link Placer} decides which regions are eligible and how whole jobs
 * follow the shares, so a policy cannot overfill a region.
 */
public interface RoutingPolicy {

    /**
     * The weight of a region, positive and finite. Its share is its weight divided by the sum over all eligible
     * regions.
     */
    double weight(RegionLoad region);
}
