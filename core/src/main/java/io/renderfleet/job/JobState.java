package io.renderfleet.job;

import io.renderfleet.region.RegionId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What a client that follows a job sees of it.
 *
 * @param progress percent, 0 to 100
 * @param region the region it was last routed to; null before
 * @param attempt the number of the running or last attempt; 0 before the first
 * @param cancelRequested whether the job's worker was asked to stop it
 * @param error null unless FAILED
 * @param version rises with every change of the job that this record shows, whichever service makes it. It is derived
 *     from the job's item, so that every instance of a service gives the same state the same version
 */
public record JobState(
        JobId id,
        UserId userId,
        JobStatus status,
        int progress,
        @Nullable RegionId region,
        int attempt,
        boolean cancelRequested,
        Instant updatedAt,
        @Nullable JobError error,
        long version) {
    private static final long PERCENTS = 1_000;
    private static final long PHASES = 10;
    private static final long ATTEMPTS = 100_000;

    /** The attributes from which a state is read. */
    static final List<String> ATTRIBUTES = List.of(
            JobTable.JOB_ID,
            JobTable.USER_ID,
            JobTable.EXPIRES_AT,
            JobItem.STATUS,
            JobItem.PROGRESS,
            JobItem.REGION,
            JobItem.ROUTE_EPOCH,
            JobItem.ATTEMPT,
            JobItem.CANCEL_REQUESTED,
            JobItem.UPDATED_AT,
            JobItem.ERROR_CODE,
            JobItem.ERROR_MESSAGE);

    /** The state of a job that was read. */
    public static JobState of(Job job) {
        return new JobState(
                job.id(),
                job.userId(),
                job.status(),
                job.progress(),
                job.region(),
                job.attempt(),
                job.cancelRequested(),
                job.updatedAt(),
                job.error(),
                version(job.status(), job.routeEpoch(), job.attempt(), job.cancelRequested(), job.progress()));
    }

    /** @throws UnreadableJobException when this version cannot read the attributes */
    static JobState read(Map<String, AttributeValue> item) {
        try {
            JobStatus status = JobItem.status(item);
            int attempt = JobItem.integer(item, JobItem.ATTEMPT);
            int progress = status == JobStatus.COMPLETED ? 100 : JobItem.integer(item, JobItem.PROGRESS);
            boolean cancelRequested = item.containsKey(JobItem.CANCEL_REQUESTED);
            return new JobState(
                    JobId.of(JobItem.key(item)),
                    new UserId(JobItem.text(item, JobTable.USER_ID)),
                    status,
                    progress,
                    JobItem.optional(item, JobItem.REGION, value -> new RegionId(value.s())),
                    attempt,
                    cancelRequested,
                    Timestamps.read(JobItem.text(item, JobItem.UPDATED_AT)),
                    JobItem.error(item),
                    version(status, JobItem.integer(item, JobItem.ROUTE_EPOCH), attempt, cancelRequested, progress));
        } catch (RuntimeException e) {
            throw new UnreadableJobException(JobItem.key(item), e);
        }
    }

    /**
     * A retry and every new route raise the epoch, and a claim raises the attempt. In between, an attempt runs, is asked
     * to stop, ends without an end of the job, and ends the job. The times of the item do not decide: the clocks of the
     * services that write them differ.
     */
    private static long version(JobStatus status, int epoch, int attempt, boolean cancelRequested, int progress) {
        int phase = switch (status) {
            case PROCESSING -> cancelRequested ? 1 : 0;
            case PENDING -> 2;
            case COMPLETED, FAILED, CANCELLED -> 3;
        };
        return ((epoch * ATTEMPTS + Math.min(attempt, ATTEMPTS - 1)) * PHASES + phase) * PERCENTS + progress;
    }

    /** Whether more than the progress has changed since the state with this version. */
    public boolean changedStatusSince(long earlier) {
        return version / PERCENTS != earlier / PERCENTS;
    }
}
