package io.renderfleet.distributor.intake;

import io.renderfleet.distributor.depth.Depth;
import io.renderfleet.distributor.depth.DepthLedger;
import io.renderfleet.distributor.depth.DrainedRegionsCache;
import io.renderfleet.distributor.depth.Reservation;
import io.renderfleet.distributor.dispatch.Dispatcher;
import io.renderfleet.distributor.placement.Credits;
import io.renderfleet.distributor.placement.KeyPlacement;
import io.renderfleet.distributor.placement.Placer;
import io.renderfleet.distributor.placement.Plan;
import io.renderfleet.distributor.placement.RegionLoad;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.region.RegionId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses the regions for a batch of one pool's jobs by their current state, and reserves the room for them, so that
 * all loops together never plan more jobs for a region than it has room for.
 *
 * <p>Thread-safe. Not final, so that a test can make it fail.
 */
class RegionChoice {
    private final PoolName pool;
    private final DepthLedger ledger;
    private final Dispatcher dispatcher;
    private final Placer placer;
    private final DrainedRegionsCache drained;
    private final long depthLimit;
    private Credits credits = Credits.none();

    RegionChoice(
            PoolName pool,
            DepthLedger ledger,
            Dispatcher dispatcher,
            Placer placer,
            DrainedRegionsCache drained,
            long depthLimit) {
        this.pool = pool;
        this.ledger = ledger;
        this.dispatcher = dispatcher;
        this.placer = placer;
        this.drained = drained;
        this.depthLimit = depthLimit;
    }

    /** The number of jobs without restrictions that could be placed now, at most {@code most}. */
    int room(int most) {
        long room = 0;
        for (RegionLoad load : loads()) {
            room += Math.min(load.room(), most);
        }
        return (int) Math.min(room, most);
    }

    /** Chooses the regions for a batch. The caller closes the choice when the batch is done. */
    synchronized Choice choose(List<JobMessage> messages) {
        List<RegionLoad> loads = loads();
        List<JobMessage> free = messages.stream()
                .filter(message -> message.orderingKey() == null)
                .toList();
        Plan plan = placer.place(
                loads, free.stream().map(JobMessage::allowedRegions).toList(), credits);
        credits = plan.credits();
        Iterator<Optional<RegionId>> planned = plan.regions().iterator();
        List<Optional<RegionId>> chosen = messages.stream()
                .map(message -> message.orderingKey() == null
                        ? planned.next()
                        : KeyPlacement.place(
                                message.orderingKey().of(message.userId()), message.allowedRegions(), loads))
                .toList();
        Map<RegionId, Long> places = new HashMap<>();
        chosen.stream().flatMap(Optional::stream).forEach(region -> places.merge(region, 1L, Long::sum));
        return new Choice(loads, chosen, ledger.reserve(places));
    }

    private List<RegionLoad> loads() {
        return ledger.regions().stream().map(this::load).toList();
    }

    private RegionLoad load(RegionId region) {
        Depth depth = ledger.depth(region);
        long room = depth.known() && !drained.contains(region)
                ? Math.min(depthLimit - depth.jobs(), dispatcher.room(region, pool))
                : 0;
        return new RegionLoad(region, Math.max(0, depth.jobs()), Math.max(0, room));
    }

    /**
     * The regions that were chosen for a batch.
     *
     * @param loads the state of all regions that the choice was based on
     * @param regions for each message, its region; empty when no region can take it now
     * @param reservation the reserved room, which is released when the choice is closed
     */
    record Choice(List<RegionLoad> loads, List<Optional<RegionId>> regions, Reservation reservation)
            implements AutoCloseable {

        /** Whether this region is configured, has room and is allowed for the message. */
        boolean isOpen(RegionId region, JobMessage message) {
            return loads.stream().anyMatch(load -> load.region().equals(region) && load.hasRoom())
                    && (message.allowedRegions().isEmpty()
                            || message.allowedRegions().contains(region));
        }

        @Override
        public void close() {
            reservation.close();
        }
    }
}
