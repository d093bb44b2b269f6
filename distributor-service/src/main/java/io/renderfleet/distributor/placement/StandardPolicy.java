package io.renderfleet.distributor.placement;

/** The policies that can be configured by name. */
public enum StandardPolicy implements RoutingPolicy {
    /** The weight is 1 / (depth + 1), so an empty region gets twice as many jobs as a region with one job. */
    INVERSE_LOAD {
        @Override
        public double weight(RegionLoad region) {
            return 1.0 / (region.depth() + 1.0);
        }
    },

    /** All regions have the same weight. */
    ROUND_ROBIN {
        @Override
        public double weight(RegionLoad region) {
            return 1.0;
        }
    }
}
