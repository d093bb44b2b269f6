package io.renderfleet.distributor.placement;

/** The policies to choose from by name. */
public enum StandardPolicy implements RoutingPolicy {
    /** The fewer jobs in a region the more it gets, by 1 / (depth + 1): an empty region twice what one job's gets. */
    INVERSE_LOAD {
        @Override
        public double weight(RegionLoad region) {
            return 1.0 / (region.depth() + 1.0);
        }
    },

    /** Every region as much as any other, in turn. */
    ROUND_ROBIN {
        @Override
        public double weight(RegionLoad region) {
            return 1.0;
        }
    }
}
