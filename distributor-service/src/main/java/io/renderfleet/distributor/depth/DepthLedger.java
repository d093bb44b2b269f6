package io.renderfleet.distributor.depth;

import io.renderfleet.region.RegionId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The estimated depth of the queues of one pool in every region: the last reading plus the messages that this
 * distributor sent since. Messages of other distributors appear with the next reading.
 *
 * <p>Thread-safe.
 */
public final class DepthLedger {
    private final Map<RegionId, RegionLedger> regions = new LinkedHashMap<>();

    /** @param failuresTolerated the number of failed readings in a row after which the depth of a region is unknown */
    DepthLedger(Collection<RegionId> regions, int failuresTolerated) {
        regions.forEach(region -> this.regions.put(region, new RegionLedger(failuresTolerated)));
    }

    /** The configured regions, in their configured order. */
    public Set<RegionId> regions() {
        return regions.keySet();
    }

    /** The estimate for a region; {@link IllegalArgumentException} when the region is not configured. */
    public Depth depth(RegionId region) {
        return region(region).depth();
    }

    /** Reserves room for the jobs of a batch. The caller closes the reservation when the batch is done. */
    public Reservation reserve(Map<RegionId, Long> jobs) {
        return new Reservation(this, jobs);
    }

    /** The estimate for a region; {@link IllegalArgumentException} when the region is not configured. */
    RegionLedger region(RegionId region) {
        RegionLedger ledger = regions.get(region);
        if (ledger == null) {
            throw new IllegalArgumentException(
                    "The region " + region + " is not configured; the regions are " + regions.keySet());
        }
        return ledger;
    }
}
