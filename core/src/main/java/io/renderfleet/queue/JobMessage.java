package io.renderfleet.queue;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * That a job waits: what queues carry, ids and routing facts only. A lost or doubled one can delay a job, never change
 * it.
 *
 * @param pool whose workers run the job
 * @param routeEpoch which sending of the job this is; 0 on the way to the distributor for the first time
 * @param allowedRegions the regions the job may run in; empty for all
 * @param orderingKey null for no order
 */
public record JobMessage(
        JobId jobId,
        UserId userId,
        PoolName pool,
        Lane lane,
        int routeEpoch,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<RegionId> allowedRegions,
        @Nullable OrderingKey orderingKey) {
    public JobMessage {
        Objects.requireNonNull(jobId, "jobId");
        Objects.requireNonNull(userId, "userId");
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(lane, "lane");
        allowedRegions = List.copyOf(allowedRegions);
        if (routeEpoch < 0) {
            throw new IllegalArgumentException("a route epoch is never negative");
        }
    }

    /** The message that a job waits for, with its present route epoch. */
    public static JobMessage of(Job job) {
        return new JobMessage(
                job.id(),
                job.userId(),
                job.pool(),
                Lane.of(job),
                job.routeEpoch(),
                job.allowedRegions(),
                job.orderingKey());
    }

    /** The same message as it goes to a region. */
    public JobMessage withRouteEpoch(int epoch) {
        return new JobMessage(jobId, userId, pool, lane, epoch, allowedRegions, orderingKey);
    }
}
