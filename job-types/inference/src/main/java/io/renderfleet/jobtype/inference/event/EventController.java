package io.renderfleet.jobtype.inference.event;

import io.renderfleet.identity.Caller;
import io.renderfleet.jobtype.JobSubmitter;
import io.renderfleet.jobtype.JobType.PayloadSource;
import io.renderfleet.jobtype.RequestReader;
import io.renderfleet.jobtype.inference.InferencePayload;
import io.renderfleet.jobtype.inference.event.EventJobs.EventJob;
import io.renderfleet.jobtype.inference.input.InputReferences;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Accepts the events of cameras. */
@RestController
class EventController {
    private static final String EXAMPLE = """
            {
              "userId": "user-1",
              "cameraId": "camera-17",
              "timestamp": "2026-11-27T20:00:00.000Z",
              "detectedObjects": [{"id": "o-1", "type": "car", "speed": 62}],
              "trafficGroups": [{"groupId": "g-1", "type": "cars on a cycle path", "objects": ["o-1"]}],
              "groupImages": {"g-1": "s3:inputs/camera-17-g-1.jpg"},
              "template": "risk"
            }""";

    private final EventJobs events;
    private final RequestReader reader;
    private final JobSubmitter jobs;
    private final InputReferences inputs;
    private final DataSize maxBody;
    private final InstantSource clock;

    EventController(
            EventJobs events,
            RequestReader reader,
            JobSubmitter jobs,
            InputReferences inputs,
            DataSize maxBody,
            InstantSource clock) {
        this.events = events;
        this.reader = reader;
        this.jobs = jobs;
        this.inputs = inputs;
        this.maxBody = maxBody;
        this.clock = clock;
    }

    @Operation(
            operationId = "submitEvent",
            summary = "Submit an event of a camera",
            description = "Makes an inference job of a detection result, with one task for each group, as an event"
                    + " template of this deployment says. The same event of a user is one job, however often it is sent."
                    + " An event without groups is accepted, and has nothing to do.",
            tags = "inference",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(implementation = EventRequest.class),
                                            examples = @ExampleObject(value = EXAMPLE))))
    @ApiResponse(
            responseCode = "202",
            description = "The event was accepted as a job.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                            schema = @Schema(ref = "#/components/schemas/AcceptedJob")))
    @ApiResponse(responseCode = "204", description = "The event has no groups, so there is no job.", content = @Content)
    @Refuses({
        "malformed-json",
        "upload-too-slow",
        "invalid-request",
        "body-too-large",
        "unsupported-media-type",
        "input-not-found",
        "idempotency-conflict",
        "rate-limited",
        "too-many-open-jobs",
        "queue-full",
        "queue-unavailable",
        "busy"
    })
    @PostMapping(
            path = "/events",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<?> submit(HttpServletRequest request, Caller caller) {
        Violations violations = new Violations();
        EventJob event = events.read(reader.json(request, EventRequest.class, maxBody, violations), caller, violations);
        if (event.tasks().isEmpty()) {
            return ResponseEntity.noContent().build();
        }
        PayloadSource payload =
                owner -> InputReferences.write(event.payload(inputs.resolve(owner, event.tasks()), clock.instant()));
        return jobs.submit(new JobSubmitter.Request(
                InferencePayload.TYPE,
                event.user(),
                event.key(),
                event.template().settings().priority(),
                event.content(),
                payload.onlyIn(event.template().regions()),
                null));
    }
}
