package io.renderfleet.distributor.placement;

/**
 * How much of the work a region should get, next to the others. Which regions may get any, and how whole jobs follow
 * the shares, is {@link Placer}'s business, so that no policy can overfill a region.
 */
public interface RoutingPolicy {

    /** The region's weight: positive and finite. Its share is this over the sum of all eligible regions' weights. */
    double weight(RegionLoad region);
}
