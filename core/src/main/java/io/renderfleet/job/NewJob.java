package io.renderfleet.job;

import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A new job to store.
 *
 * @param type the job type, which reads the payload
 * @param pool the type's pool
 * @param requestHash a digest of the request: two submissions of one id with the same hash are the same job
 * @param orderingKey null for a job without an order
 * @param allowedRegions the regions in which the job may run; empty for all
 * @param createdAt to the millisecond
 * @param completion the completion events that the job wants
 * @param tags what users find the job by
 */
public record NewJob(
        JobId id,
        UserId userId,
        JobTypeName type,
        PoolName pool,
        JobPayload payload,
        String requestHash,
        Priority priority,
        @Nullable OrderingKey orderingKey,
        List<RegionId> allowedRegions,
        JobLimits limits,
        Instant createdAt,
        CompletionRequest completion,
        JobTags tags) {
    public NewJob {
        allowedRegions = List.copyOf(allowedRegions);
    }
}
