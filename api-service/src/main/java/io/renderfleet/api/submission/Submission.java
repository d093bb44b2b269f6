package io.renderfleet.api.submission;

import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobLimits;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTags;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import io.renderfleet.jobtype.JobType.PayloadSource;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request for a job that passed every check that needs nothing but the request.
 *
 * @param named whether the client chose the id, with {@code jobId} or {@code Idempotency-Key}, and so can repeat the
 *     request
 * @param payload the source of the payload, which is called after the job was admitted
 * @param regions the regions in which the job may run; empty for all
 * @param startWithin the time within which the job must start; null for no limit
 * @param requestHash see {@link RequestDigest}
 * @param completion the completion events that a job with a payload wants
 * @param tags what users find the job by
 */
record Submission(
        JobId id,
        boolean named,
        UserId userId,
        JobTypeName type,
        PoolName pool,
        PayloadSource payload,
        Priority priority,
        @Nullable OrderingKey orderingKey,
        List<RegionId> regions,
        @Nullable Duration startWithin,
        Duration timeout,
        int maxAttempts,
        String requestHash,
        Function<JobPayload, CompletionRequest> completion,
        JobTags tags) {

    Submission {
        regions = List.copyOf(regions);
    }

    /** This submission, as a part of a batch, which does not make it another request. */
    Submission inBatch(UUID batch) {
        return new Submission(
                id,
                named,
                userId,
                type,
                pool,
                payload,
                priority,
                orderingKey,
                regions,
                startWithin,
                timeout,
                maxAttempts,
                requestHash,
                completion,
                tags.inBatch(batch));
    }

    /** The job to store. */
    NewJob toJob(JobPayload made, Instant now) {
        Instant createdAt = now.truncatedTo(ChronoUnit.MILLIS);
        return new NewJob(
                id,
                userId,
                type,
                pool,
                made,
                requestHash,
                priority,
                orderingKey,
                regions,
                new JobLimits(startWithin == null ? null : createdAt.plus(startWithin), timeout, maxAttempts),
                createdAt,
                completion.apply(made),
                tags);
    }

    /** The first message of the job, with route epoch 0, and the trace of the client of the current request, if any. */
    JobMessage toMessage() {
        return new JobMessage(
                id,
                userId,
                pool,
                Lane.of(priority, orderingKey),
                0,
                regions,
                orderingKey,
                TraceParent.current().orElse(null));
    }
}
