package io.renderfleet.chaos;

import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job that a client wants.
 *
 * @param id the only id that the job may ever get
 * @param idempotencyKey what {@code id} is derived from; null when the client names the id itself
 * @param design a sample design
 * @param width of the picture in pixels; what makes one job longer than another
 * @param priority HIGH, NORMAL or LOW
 * @param orderingKey null for no order
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
    private static final int LEAST_HEIGHT = 16;

    /** The request, as the API takes it. */
    Map<String, Object> body() {
        Map<String, Object> body = new HashMap<>();
        body.put("designId", design);
        body.put("userId", userId.value());
        body.put("camera", SampleDesigns.named(design).view());
        body.put(
                "output",
                Map.of("width", width, "height", Math.max(LEAST_HEIGHT, width * 5 / 8), "samplesPerPixel", samples));
        body.put("priority", priority);
        if (idempotencyKey == null) {
            body.put("jobId", id.toString());
        }
        if (orderingKey != null) {
            body.put("orderingKey", orderingKey);
        }
        return body;
    }
}
