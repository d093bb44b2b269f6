package io.renderfleet.queue;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.TraceParent;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The message of a job that waits to be routed or run. It has ids and routing facts only, so that a lost or duplicated
 * message can delay a job but not change it.
 *
 * @param pool the pool whose workers run the job
 * @param routeEpoch how often the job was routed or sent again, 0 before it was routed; a message with an older epoch
 *     than the job's is void
 * @param allowedRegions the regions in which the job may run; empty for all
 * @param orderingKey null for a job without an order
 * @param trace the client's trace, which the job continues; null without one, and in messages that are sent again because
 *     the first may be lost
 */
public record JobMessage(
        JobId jobId,
        UserId userId,
        PoolName pool,
        Lane lane,
        int routeEpoch,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<RegionId> allowedRegions,
        @Nullable OrderingKey orderingKey,
        @Nullable TraceParent trace) {
    public JobMessage {
        Objects.requireNonNull(jobId, "jobId");
        Objects.requireNonNull(userId, "userId");
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(lane, "lane");
        allowedRegions = List.copyOf(allowedRegions);
        if (routeEpoch < 0) {
            throw new IllegalArgumentException("The route epoch must not be negative: " + routeEpoch);
        }
    }

    /** A message without a client's trace. */
    public JobMessage(
            JobId jobId,
            UserId userId,
            PoolName pool,
            Lane lane,
            int routeEpoch,
            List<RegionId> allowedRegions,
            @Nullable OrderingKey orderingKey) {
        this(jobId, userId, pool, lane, routeEpoch, allowedRegions, orderingKey, null);
    }

    /** The message of this job, with its current route epoch, and the trace of the request that sends it, if any. */
    public static JobMessage of(Job job) {
        return new JobMessage(
                job.id(),
                job.userId(),
                job.pool(),
                Lane.of(job),
                job.routeEpoch(),
                job.allowedRegions(),
                job.orderingKey(),
                TraceParent.current().orElse(null));
    }

    /** This message with the route epoch of a new route. */
    public JobMessage withRouteEpoch(int epoch) {
        return new JobMessage(jobId, userId, pool, lane, epoch, allowedRegions, orderingKey, trace);
    }
}
