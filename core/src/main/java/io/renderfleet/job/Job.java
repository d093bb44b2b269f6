package io.renderfleet.job;

import io.renderfleet.pool.PoolName;
import io.renderfleet.region.RegionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job as it was stored at one moment. Times have millisecond precision.
 *
 * @param payload null when it is too large for the job's item; see {@link JobStore#payload}
 * @param requestHash a digest of the request, which recognizes a repeated submission
 * @param orderingKey null for a job without an order
 * @param allowedRegions the regions in which the job may run; empty for all
 * @param region the region it was last routed to; null before
 * @param routeEpoch how often the job was routed or sent again; a message with an older one is void
 * @param attempt the number of the running or last attempt; 0 before the first
 * @param chargedAttempts the number of attempts that count against {@link JobLimits#maxAttempts()}
 * @param lease null unless PROCESSING
 * @param progress percent, 0 to 100
 * @param attempts the finished attempts, oldest first
 * @param result null unless COMPLETED
 * @param artifacts the artifacts of all attempts, sorted by name
 * @param kept what an attempt that did not finish left for the next one; null when there is nothing, and once the job is
 *     over
 * @param error null unless FAILED
 * @param expiresAt when the item may be deleted
 * @param sequence the position in the chain of the ordering key's jobs, from 1; 0 without an ordering key
 * @param after the preceding job in that chain, which must be over before this one starts; null when there is none, and
 *     once it is known to be over
 * @param completion the completion events that the job wants
 * @param webhook what became of the latest event that was sent to a webhook; null before the first try
 * @param tags what users find the job by
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
        @Nullable String kept,
        @Nullable JobError error,
        Instant expiresAt,
        long sequence,
        @Nullable JobId after,
        CompletionRequest completion,
        @Nullable WebhookDelivery webhook,
        JobTags tags) {
    public Job {
        allowedRegions = List.copyOf(allowedRegions);
        attempts = List.copyOf(attempts);
        artifacts = List.copyOf(artifacts);
    }

    /** Whether the job has missed its start deadline, {@link JobLimits#startBy()}, and must not start any more. */
    public boolean isPastStart(Instant now) {
        Instant startBy = limits.startBy();
        return status == JobStatus.PENDING && attempt == 0 && startBy != null && !now.isBefore(startBy);
    }

    /** The latest preview of the running attempt; empty if the job does not run, or has none yet. */
    public Optional<Artifact> preview() {
        return artifacts.stream()
                .filter(artifact -> artifact.name().equals(Artifact.PREVIEW))
                .filter(artifact -> status == JobStatus.PROCESSING && artifact.attempt() == attempt)
                .findFirst();
    }

    /** The artifacts without the preview. That of an attempt whose worker died may still be stored. */
    public List<Artifact> lastingArtifacts() {
        return artifacts.stream()
                .filter(artifact -> !artifact.name().equals(Artifact.PREVIEW))
                .toList();
    }

    /**
     * A worker's exclusive right to a job, which expires unless it is renewed.
     *
     * @param owner the worker that may store the job's progress and its end
     * @param until when another worker may take the job over
     */
    public record Lease(WorkerId owner, Instant until) {}
}
