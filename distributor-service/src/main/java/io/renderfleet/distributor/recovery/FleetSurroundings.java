package io.renderfleet.distributor.recovery;

import io.renderfleet.distributor.depth.Depth;
import io.renderfleet.distributor.depth.DepthLedger;
import io.renderfleet.distributor.depth.Drained;
import io.renderfleet.distributor.dispatch.Dispatcher;
import io.renderfleet.job.Job;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.region.RegionId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What the fleet looks like during one sweep. Each queue is asked once at most, and only if a job needs to know. */
final class FleetSurroundings implements Diagnosis.Surroundings {
    private final DepthLedger ledger;
    private final Dispatcher dispatcher;
    private final Drained drained;
    private final JobQueues queues;
    private final Map<String, OptionalLong> asked = new HashMap<>();

    FleetSurroundings(DepthLedger ledger, Dispatcher dispatcher, Drained drained, JobQueues queues) {
        this.ledger = ledger;
        this.dispatcher = dispatcher;
        this.drained = drained;
        this.queues = queues;
    }

    @Override
    public OptionalLong masterDepth(Job job) {
        return depth(queues.master(Lane.of(job)));
    }

    @Override
    public OptionalLong laneDepth(Job job, RegionId region) {
        // One that has not answered for a while would only hold the sweep up.
        return ledger.regions().contains(region) && !isUnreachable(region)
                ? depth(queues.regional(region, Lane.of(job)))
                : OptionalLong.empty();
    }

    private OptionalLong depth(JobQueue queue) {
        return asked.computeIfAbsent(queue.name(), name -> {
            try {
                return OptionalLong.of(queue.depth().total());
            } catch (QueueUnavailableException e) {
                return OptionalLong.empty();
            }
        });
    }

    @Override
    public long load(RegionId region) {
        return ledger.regions().contains(region) ? ledger.depth(region).jobs() : Long.MAX_VALUE / 4;
    }

    @Override
    public boolean isDrained(RegionId region) {
        return drained.contains(region);
    }

    /** A region that is configured no more is one that nobody reaches. */
    @Override
    public boolean isUnreachable(RegionId region) {
        if (!ledger.regions().contains(region)) {
            return true;
        }
        Depth depth = ledger.depth(region);
        return !depth.known() || dispatcher.room(region) == 0;
    }

    @Override
    public List<RegionId> open(Job job) {
        return ledger.regions().stream()
                .filter(region ->
                        job.allowedRegions().isEmpty() || job.allowedRegions().contains(region))
                .filter(region -> !isDrained(region) && !isUnreachable(region))
                .toList();
    }
}
