package io.renderfleet.api.alerts;

import io.renderfleet.alert.Alert;
import io.renderfleet.alert.AlertRule;
import io.renderfleet.alert.AlertStore;
import io.renderfleet.identity.Caller;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Lists the latest alerts and pushes new ones. */
@RestController
class AlertController {
    private static final int DEFAULT_LIMIT = 20;

    private final Alerts alerts;

    AlertController(Alerts alerts) {
        this.alerts = alerts;
    }

    /** An alert in an answer. */
    @Schema(name = "Alert")
    record AlertView(
            @Schema(description = "Counts the alerts, without gaps.")
            long id,

            @Schema(description = "The name of the rule that raised it.")
            String rule,

            AlertRule.Severity severity,
            String message,
            @Schema(format = "uuid") String jobId,
            @Schema(description = "The owner of the job.") String userId,

            @Schema(description = "Where the job comes from, such as its camera.")
            Map<String, String> source,

            String eventId,
            Instant at) {
        static AlertView of(Alert alert) {
            return new AlertView(
                    alert.id(),
                    alert.rule(),
                    alert.severity(),
                    alert.message(),
                    alert.jobId().toString(),
                    alert.userId().value(),
                    alert.source(),
                    alert.eventId(),
                    alert.at());
        }
    }

    /** The answer to a listing. */
    @Schema(name = "Alerts")
    record AlertsAnswer(List<AlertView> alerts) {}

    @Operation(
            operationId = "listAlerts",
            summary = "List the latest alerts",
            description =
                    "Those of the caller's jobs, and for operators those of all jobs. The latest 100 alerts of all users are"
                            + " kept. The newest is first.",
            tags = "alerts")
    @ApiResponse(responseCode = "200", description = "The latest alerts.")
    @Refuses({"invalid-request"})
    @GetMapping(path = "/alerts", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<AlertsAnswer> list(
            @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
                    @RequestParam(required = false)
                    @Nullable
                    String limit,
            Caller caller) {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new AlertsAnswer(alerts.latest(caller, limit(limit)).stream()
                        .map(AlertView::of)
                        .toList()));
    }

    private static int limit(@Nullable String given) {
        if (given == null) {
            return DEFAULT_LIMIT;
        }
        Long limit = number(given);
        if (limit == null || limit < 1 || limit > AlertStore.KEPT) {
            throw invalid("limit", "must be from 1 to " + AlertStore.KEPT);
        }
        return Math.toIntExact(limit);
    }

    @Operation(
            operationId = "followAlerts",
            summary = "Follow the alerts as they are raised",
            description = """
                    Server-sent events with the name `alert`; the id counts the alerts, and the data is an alert as in GET \
                    /alerts. With the header `Last-Event-ID`, the alerts after that one come first, as far as they are \
                    among the latest 100. A comment is sent every 15 seconds. A client that reads too slowly gets an event \
                    named `overflow`, and the stream ends.""",
            tags = "alerts")
    @ApiResponse(
            responseCode = "200",
            description = "The stream, which lasts until the client or the service ends it.",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @Refuses({"invalid-request", "busy"})
    @GetMapping(path = "/alerts/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    ResponseEntity<SseEmitter> events(
            @Parameter(description = "The id of the last alert that the client has.")
                    @RequestHeader(name = "Last-Event-ID", required = false)
                    @Nullable
                    String lastEventId,
            Caller caller) {
        Long after = lastEventId == null ? null : number(lastEventId);
        if (lastEventId != null && after == null) {
            throw invalid("Last-Event-ID", "must be the id of an alert, a number from 0");
        }
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                // nginx and proxies like it would hold events back otherwise.
                .header("X-Accel-Buffering", "no")
                .body(alerts.open(caller, after));
    }

    /** The whole number from 0 that a text is; null for any other text. */
    private static @Nullable Long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.valueOf(text) : null;
    }

    private static ProblemException invalid(String field, String message) {
        Violations violations = new Violations();
        violations.add(field, message);
        return ProblemException.invalid(violations.errors());
    }
}
