package io.renderfleet.distributor.depth;

import io.renderfleet.region.RegionId;
import java.util.HashMap;
import java.util.Map;

/**
 * The room that a batch has reserved in its planned regions, so that other batches take it into account. Jobs that are
 * sent count as depth of the region instead; closing cancels the rest.
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

    /** Records jobs that were sent to a region, first from its reserved jobs. Can be called after closing. */
    public synchronized void sent(RegionId region, long jobs) {
        long reserved = closed ? 0 : Math.min(jobs, left.getOrDefault(region, 0L));
        left.merge(region, -reserved, Long::sum);
        ledger.region(region).sent(reserved, jobs);
    }

    /** Cancels the reservation of the jobs that were not sent. Has no effect when already closed. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            left.forEach((region, count) -> ledger.region(region).cancel(count));
        }
    }
}
