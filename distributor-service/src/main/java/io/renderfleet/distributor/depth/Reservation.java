package io.renderfleet.distributor.depth;

import io.renderfleet.region.RegionId;
import java.util.HashMap;
import java.util.Map;

/**
 * A batch's places in the regions it was planned for, so that decisions made meanwhile count with them. What is sent
 * turns into the region's depth; closing gives back the rest.
 *
 * <p>Thread-safe.
 */
public final class Reservation implements AutoCloseable {
    private final DepthLedger ledger;
    private final Map<RegionId, Long> left;
    private boolean closed;

    Reservation(DepthLedger ledger, Map<RegionId, Long> jobs) {
        this.ledger = ledger;
        this.left = new HashMap<>(jobs);
        jobs.forEach((region, count) -> ledger.region(region).reserve(count));
    }

    /** So many were sent to a region, on its reserved places as far as they go; also after closing. */
    public synchronized void sent(RegionId region, long jobs) {
        long reserved = closed ? 0 : Math.min(jobs, left.getOrDefault(region, 0L));
        left.merge(region, -reserved, Long::sum);
        ledger.region(region).sent(reserved, jobs);
    }

    /** Gives back what was not sent; harmless when closed already. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            left.forEach((region, count) -> ledger.region(region).cancel(count));
        }
    }
}
