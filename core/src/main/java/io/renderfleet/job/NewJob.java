package io.renderfleet.job;

import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is first stored.
 *
 * @param type decides who reads the payload
 * @param pool the workers that run it; the type's
 * @param requestHash a digest of all the client asked for: two submissions of one id with the same hash are one job
 * @param orderingKey null for no order
 * @param allowedRegions the regions it may run in; empty for all
 * @param createdAt to the millisecond
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
        Instant createdAt) {
    public NewJob {
        allowedRegions = List.copyOf(allowedRegions);
    }
}
