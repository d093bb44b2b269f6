package io.renderfleet.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.client.JobRequest;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job that a client submits.
 *
 * @param id the only id that this job may be acknowledged with
 * @param idempotencyKey the key that {@code id} is derived from; null when the request carries the id itself
 * @param priority HIGH, NORMAL or LOW; an event has the priority of its template
 * @param orderingKey null for a job without an order
 */
record PlannedJob(
        JobId id,
        UserId userId,
        @Nullable String idempotencyKey,
        Work work,
        String priority,
        @Nullable String orderingKey) {
    private static final int MIN_HEIGHT = 16;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The job of an event, with the id that the API derives from the camera and the time. */
    static PlannedJob of(Work.Event event) {
        String key = "event " + ModelServer.TEMPLATE + " " + event.camera() + " " + event.at();
        return new PlannedJob(
                JobId.derivedFrom(ModelServer.CAMERAS, key), ModelServer.CAMERAS, key, event, "NORMAL", null);
    }

    /** The request of a job that is not an event. */
    JobRequest request() {
        JobRequest request = JobRequest.of(body());
        return idempotencyKey == null ? request.withJobId(id.toString()) : request.withIdempotencyKey(idempotencyKey);
    }

    private Map<String, Object> body() {
        Map<String, Object> body = new HashMap<>();
        switch (work) {
            case Work.Render render -> body.putAll(body(render));
            case Work.Inference inference -> body.putAll(body(inference));
            case Work.Event _ -> throw new IllegalStateException("An event is submitted as an event.");
        }
        body.put("userId", userId.value());
        body.put("priority", priority);
        if (orderingKey != null) {
            body.put("orderingKey", orderingKey);
        }
        return body;
    }

    private static Map<String, Object> body(Work.Render render) {
        return Map.of(
                "designId",
                render.design(),
                "camera",
                SampleDesigns.named(render.design()).view(),
                "output",
                Map.of(
                        "width",
                        render.width(),
                        "height",
                        Math.max(MIN_HEIGHT, render.width() * 5 / 8),
                        "samplesPerPixel",
                        render.samples()));
    }

    private static Map<String, Object> body(Work.Inference inference) {
        return Map.of(
                "type",
                "inference",
                "model",
                ModelServer.MODEL,
                "tasks",
                inference.questions().stream()
                        .map(question -> Map.of("messages", ModelServer.messages(question)))
                        .toList());
    }

    /** The event as JSON, for {@code POST /events}. */
    static String json(Work.Event event) {
        List<Map<String, Object>> groups = new ArrayList<>();
        for (int i = 0; i < event.questions().size(); i++) {
            groups.add(Map.of(
                    "groupId", Work.taskId(i), "question", event.questions().get(i)));
        }
        try {
            return JSON.writeValueAsString(
                    Map.of("cameraId", event.camera(), "timestamp", event.at().toString(), "trafficGroups", groups));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Strings can be written as JSON.", e);
        }
    }
}
