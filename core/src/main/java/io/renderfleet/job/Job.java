package io.renderfleet.job;

import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it was stored at one moment. Times are to the millisecond.
 *
 * @param payload null when it is too large for the job's item: {@link JobStore#payload} reads it
 * @param orderingKey null for no order
 * @param allowedRegions the regions it may run in; empty for all
 * @param region where it was last sent; null until then
 * @param routeEpoch how often it was sent to a region; a message with an older one is void
 * @param attempt the number of the running or last attempt; 0 before the first
 * @param chargedAttempts how many attempts count against {@link JobLimits#maxAttempts()}
 * @param lease null unless PROCESSING
 * @param progress percent, 0 to 100
 * @param attempts the finished ones, oldest first
 * @param result null unless COMPLETED
 * @param artifacts the files that its attempts made beside the result, by name
 * @param error null unless FAILED
 * @param expiresAt when the item may be deleted
 * @param sequence in the chain of its ordering key's jobs, from 1; 0 without a key
 * @param after the job before it in that chain, which must be over before this one starts; null once it was, and
 *     without such a job
 */
public record Job(
        JobId id,
        UserId userId,
        JobTypeName type,
        PoolName pool,
        @Nullable JobPayload payload,
        String requestHash,
        Priority priority,
        @Nullable OrderingKey orderingKey,
        List<RegionId> allowedRegions,
        JobLimits limits,
        JobStatus status,
        @Nullable RegionId region,
        int routeEpoch,
        int attempt,
        int chargedAttempts,
        @Nullable Lease lease,
        int progress,
        boolean cancelRequested,
        Instant createdAt,
        @Nullable Instant routedAt,
        @Nullable Instant startedAt,
        Instant updatedAt,
        @Nullable Instant finishedAt,
        List<Attempt> attempts,
        @Nullable JobResult result,
        List<Artifact> artifacts,
        @Nullable JobError error,
        Instant expiresAt,
        long sequence,
        @Nullable JobId after) {
    public Job {
        allowedRegions = List.copyOf(allowedRegions);
        attempts = List.copyOf(attempts);
        artifacts = List.copyOf(artifacts);
    }

    /** Whether the job may not start any more, because it has not until its {@link JobLimits#startBy()}. */
    public boolean isPastStart(Instant now) {
        Instant startBy = limits.startBy();
        return status == JobStatus.PENDING && attempt == 0 && startBy != null && !now.isBefore(startBy);
    }

    /**
     * A worker's right to a job, which ends by itself unless it is renewed.
     *
     * @param owner who may write the job's progress and its end
     * @param until when another worker may take the job over
     */
    public record Lease(WorkerId owner, Instant until) {}
}
