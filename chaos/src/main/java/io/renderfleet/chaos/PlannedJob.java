package io.renderfleet.chaos;

import io.renderfleet.client.JobRequest;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job that a client submits.
 *
 * @param id the only id that this job may be acknowledged with
 * @param idempotencyKey the key that {@code id} is derived from; null when the request carries the id itself
 * @param design the id of a sample design
 * @param width of the picture in pixels, which decides how long the job runs
 * @param priority HIGH, NORMAL or LOW
 * @param orderingKey null for a job without an order
 */
record PlannedJob(
        JobId id,
        UserId userId,
        @Nullable String idempotencyKey,
        String design,
        int width,
        int samples,
        String priority,
        @Nullable String orderingKey) {
    private static final int MIN_HEIGHT = 16;

    /** The request; the only place in the main code of this module that depends on the job type. */
    JobRequest request() {
        JobRequest request = JobRequest.of(body());
        return idempotencyKey == null ? request.withJobId(id.toString()) : request.withIdempotencyKey(idempotencyKey);
    }

    private Map<String, Object> body() {
        Map<String, Object> body = new HashMap<>();
        body.put("designId", design);
        body.put("userId", userId.value());
        body.put("camera", SampleDesigns.named(design).view());
        body.put(
                "output",
                Map.of("width", width, "height", Math.max(MIN_HEIGHT, width * 5 / 8), "samplesPerPixel", samples));
        body.put("priority", priority);
        if (orderingKey != null) {
            body.put("orderingKey", orderingKey);
        }
        return body;
    }
}
