package io.renderfleet.api.events;

import io.renderfleet.identity.Caller;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The stream of results. */
@RestController
class StreamController {
    private static final int MAX_CAMERAS = 100;

    private final LiveEvents events;

    StreamController(LiveEvents events) {
        this.events = events;
    }

    @Operation(
            operationId = "followResults",
            summary = "Follow the results of jobs as they complete",
            description = """
                    Server-sent events. Each event has the name `result`, the id of the completion event, and as data \
                    a JSON object: `eventId`, `jobId`, `userId`, `type`, `status` (COMPLETED, FAILED or CANCELLED), \
                    `createdAt`, `finishedAt`, `attempts`, `source` (such as `cameraId`), and `result` (if it is JSON \
                    of at most 32 KB) or `error`. The stream has the caller's jobs, and for \
                    operators those of all users, of the types that push their results, such \
                    as `inference`.

                    An event can be missing after an interruption, and GET /jobs/{jobId} has the state of every job. \
                    A comment is sent every 15 seconds. A client that reads too slowly gets an event named `overflow`, \
                    and the stream ends.""",
            tags = "events")
    @ApiResponse(
            responseCode = "200",
            description = "The stream, which lasts until the client or the service ends it.",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @Refuses({"invalid-request", "busy"})
    @GetMapping(path = "/events/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    ResponseEntity<SseEmitter> stream(
            @Parameter(
                            description = "Only events of these cameras, separated by commas; all events if left out.",
                            example = "camera-1,camera-2")
                    @RequestParam(required = false)
                    @Nullable
                    String cameraId,
            Caller caller) {
        Set<String> cameras = cameraId == null
                ? Set.of()
                : Arrays.stream(cameraId.split(",", -1)).map(String::strip).collect(Collectors.toUnmodifiableSet());
        if (cameras.size() > MAX_CAMERAS || cameras.contains("")) {
            Violations violations = new Violations();
            violations.add("cameraId", "must be 1 to " + MAX_CAMERAS + " camera ids, separated by commas");
            violations.throwIfAny();
        }
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                // nginx and proxies like it would hold events back otherwise.
                .header("X-Accel-Buffering", "no")
                .body(events.open(caller, cameras));
    }
}
