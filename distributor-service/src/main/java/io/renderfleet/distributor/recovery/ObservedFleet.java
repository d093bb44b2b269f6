package io.renderfleet.distributor.recovery;

import io.renderfleet.distributor.depth.Depth;
import io.renderfleet.distributor.depth.DrainedRegionsCache;
import io.renderfleet.distributor.depth.PoolDepths;
import io.renderfleet.distributor.dispatch.Dispatcher;
import io.renderfleet.distributor.recovery.QueueEvidence.QueueKey;
import io.renderfleet.job.Job;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The state of the fleet during one sweep. The depth of each queue is read at most once, and only when it is needed.
 *
 * <p>Confined to the thread of the sweep.
 */
final class ObservedFleet implements RecoveryPolicy.FleetView {
    /** For at most this many jobs of a sweep, the job before them in their ordering key is read. */
    private static final int MAX_PREDECESSOR_READS = 50;

    private static final Logger log = LoggerFactory.getLogger(ObservedFleet.class);

    private final PoolDepths depths;
    private final Dispatcher dispatcher;
    private final DrainedRegionsCache drained;
    private final JobQueues queues;
    private final QueueEvidence evidence;
    private final Map<QueueKey, OptionalLong> queueDepths = new HashMap<>();
    private final Set<QueueKey> refreshed = new HashSet<>();
    private final Map<PoolName, Map<RegionId, Long>> movedAway = new HashMap<>();
    private int predecessorReads;

    ObservedFleet(
            PoolDepths depths,
            Dispatcher dispatcher,
            DrainedRegionsCache drained,
            JobQueues queues,
            QueueEvidence evidence) {
        this.depths = depths;
        this.dispatcher = dispatcher;
        this.drained = drained;
        this.queues = queues;
        this.evidence = evidence;
    }

    @Override
    public OptionalLong masterDepth(Job job) {
        Lane lane = Lane.of(job);
        return depth(new QueueKey(null, job.pool(), lane), queues.master(job.pool(), lane));
    }

    @Override
    public OptionalLong laneDepth(Job job, RegionId region) {
        // Reading an unreachable region would only delay the sweep.
        if (isUnreachable(job, region)) {
            return OptionalLong.empty();
        }
        Lane lane = Lane.of(job);
        return depth(new QueueKey(region, job.pool(), lane), queues.regional(region, job.pool(), lane));
    }

    private OptionalLong depth(QueueKey key, JobQueue queue) {
        return queueDepths.computeIfAbsent(key, any -> {
            try {
                QueueDepth depth = queue.depth();
                evidence.seen(key, depth);
                return OptionalLong.of(depth.total());
            } catch (QueueUnavailableException e) {
                return OptionalLong.empty();
            }
        });
    }

    @Override
    public boolean wasEmpty(Job job, Instant notBefore) {
        return evidence.wasEmpty(QueueKey.of(job), notBefore);
    }

    @Override
    public boolean wasIdle(Job job, Instant notBefore) {
        return evidence.wasIdle(QueueKey.of(job), notBefore);
    }

    @Override
    public boolean isOvertaken(Job job, Instant since, Duration much) {
        if (job.after() != null && ++predecessorReads > MAX_PREDECESSOR_READS) {
            return false;
        }
        try {
            Set<RegionId> candidates = job.region() == null ? regions(job) : Set.of(job.region());
            for (RegionId region : candidates) {
                if (refreshed.add(new QueueKey(region, job.pool(), Lane.of(job)))) {
                    evidence.refresh(region, job.pool(), Lane.of(job));
                }
            }
            return evidence.isOvertaken(job, since, much);
        } catch (SdkException e) {
            log.debug(
                    "Could not read the progress of the queue of job {}; trying again in the next sweep", job.id(), e);
            return false;
        }
    }

    @Override
    public void presumedLost(Job job) {
        evidence.presumedLost(job);
    }

    @Override
    public void movedAway(Job job, RegionId region) {
        movedAway.computeIfAbsent(job.pool(), any -> new HashMap<>()).merge(region, 1L, Long::sum);
    }

    /**
     * The depth in the ledger, minus the jobs that this sweep moved away from it, plus those it moved away from others.
     */
    @Override
    public long load(Job job, RegionId region) {
        if (!regions(job).contains(region)) {
            return Long.MAX_VALUE / 4;
        }
        Map<RegionId, Long> moved = movedAway.getOrDefault(job.pool(), Map.of());
        long all = moved.values().stream().mapToLong(Long::longValue).sum();
        long gone = moved.getOrDefault(region, 0L);
        return depths.ledger(job.pool()).depth(region).jobs() - gone + (all - gone);
    }

    @Override
    public boolean isDrained(RegionId region) {
        return drained.contains(region);
    }

    /** A region or a pool that is no longer configured counts as unreachable. */
    @Override
    public boolean isUnreachable(Job job, RegionId region) {
        if (!regions(job).contains(region)) {
            return true;
        }
        Depth depth = depths.ledger(job.pool()).depth(region);
        return !depth.known() || dispatcher.room(region, job.pool()) == 0;
    }

    @Override
    public List<RegionId> open(Job job) {
        return regions(job).stream()
                .filter(region ->
                        job.allowedRegions().isEmpty() || job.allowedRegions().contains(region))
                .filter(region -> !isDrained(region) && !isUnreachable(job, region))
                .toList();
    }

    /** The configured regions; none when the job's pool is not configured. */
    private Set<RegionId> regions(Job job) {
        return depths.pools().contains(job.pool()) ? depths.ledger(job.pool()).regions() : Set.of();
    }
}
