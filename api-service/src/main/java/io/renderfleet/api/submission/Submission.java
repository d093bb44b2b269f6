package io.renderfleet.api.submission;

import io.renderfleet.job.DesignId;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobLimits;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import io.renderfleet.job.RenderSpec;
import io.renderfleet.job.UserId;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for a job that passed every check that needs no look at anything else.
 *
 * @param named whether the client chose the id, by {@code jobId} or {@code Idempotency-Key}, and so may repeat it
 * @param regions where it may run; empty for all
 * @param startWithin null for no such deadline
 * @param specHash see {@link SpecHash}
 */
record Submission(
        JobId id,
        boolean named,
        UserId userId,
        DesignId designId,
        RenderSpec.Camera camera,
        RenderSpec.Output output,
        RenderSpec.Environment environment,
        Priority priority,
        @Nullable OrderingKey orderingKey,
        List<RegionId> regions,
        @Nullable Duration startWithin,
        Duration timeout,
        int maxAttempts,
        String specHash) {

    Submission {
        regions = List.copyOf(regions);
    }

    /**
     * The job to store.
     *
     * @param designDigest what the design's name stands for now
     */
    NewJob toJob(String designDigest, Instant now) {
        Instant createdAt = now.truncatedTo(ChronoUnit.MILLIS);
        return new NewJob(
                id,
                userId,
                new RenderSpec(designId, designDigest, camera, output, environment),
                specHash,
                priority,
                orderingKey,
                regions,
                new JobLimits(startWithin == null ? null : createdAt.plus(startWithin), timeout, maxAttempts),
                createdAt);
    }

    /** The message that sends the job on its way for the first time. */
    JobMessage toMessage() {
        return new JobMessage(id, userId, Lane.of(priority, orderingKey), 0, regions, orderingKey);
    }
}
