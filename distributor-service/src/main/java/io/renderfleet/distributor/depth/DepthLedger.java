package io.renderfleet.distributor.depth;

import io.renderfleet.region.RegionId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How deep the queues of one pool are in every region, by what was read and what was sent since. What other distributors send shows up with the
 * next reading.
 *
 * <p>Thread-safe.
 */
public final class DepthLedger {
    private final Map<RegionId, RegionLedger> regions = new LinkedHashMap<>();

    /** @param failuresTolerated this many readings that fail in a row make a region's depth unknown */
    DepthLedger(Collection<RegionId> regions, int failuresTolerated) {
        regions.forEach(region -> this.regions.put(region, new RegionLedger(failuresTolerated)));
    }

    /** The regions there are, in the order they were configured. */
    public Set<RegionId> regions() {
        return regions.keySet();
    }

    public Depth depth(RegionId region) {
        return region(region).depth();
    }

    /** Sets places aside; the caller closes the reservation when its batch is done. */
    public Reservation reserve(Map<RegionId, Long> jobs) {
        return new Reservation(this, jobs);
    }

    /** {@link IllegalArgumentException} when there is no such region. */
    RegionLedger region(RegionId region) {
        RegionLedger ledger = regions.get(region);
        if (ledger == null) {
            throw new IllegalArgumentException("no region " + region + " is configured; there are " + regions.keySet());
        }
        return ledger;
    }
}
