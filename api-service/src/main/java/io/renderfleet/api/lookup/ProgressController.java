package io.renderfleet.api.lookup;

import io.renderfleet.api.progress.JobFollowers;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobState;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Streams of the progress of jobs. */
@RestController
class ProgressController {
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final String RESUMES = "The id of the last event that the client has, so that the stream continues"
            + " after it; at this or another instance of the service.";
    private static final Pattern ID = Pattern.compile("[0-9]{1,18}");

    private final VisibleJobs jobs;
    private final JobFollowers followers;

    ProgressController(VisibleJobs jobs, JobFollowers followers) {
        this.jobs = jobs;
        this.followers = followers;
    }

    @Operation(operationId = "followJob", summary = "Follow a job", description = """
                    Server-sent events, beginning with the state of the job: `status` when more than the progress has \
                    changed, `progress`, and at the end `completed`, `failed` or `cancelled`, with which the stream ends. \
                    The data of each is a JSON object: `jobId`, `status`, `progress` in percent, `updatedAt`, and if they \
                    apply `region`, `attempt`, `cancelRequested` and `error`. The id rises, and `Last-Event-ID` resumes.

                    Changes that follow each other quickly, or that a client reads slowly, are merged into the latest \
                    state; the last state is never left out. A comment is sent every 15 seconds. The stream also ends \
                    when the instance of the service stops, and then the client connects again, as browsers do.""", tags = "jobs")
    @ApiResponse(
            responseCode = "200",
            description = "The stream.",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @ApiResponse(
            responseCode = "204",
            description = "The job is over, and Last-Event-ID is the id of its last event: do not connect again.",
            content = @Content)
    @Refuses({"job-not-found", "job-unreadable", "busy"})
    @GetMapping(path = "/jobs/{jobId}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    ResponseEntity<SseEmitter> job(
            Caller caller,
            @PathVariable String jobId,
            @Parameter(in = ParameterIn.HEADER, name = LAST_EVENT_ID, description = RESUMES)
                    @RequestHeader(name = LAST_EVENT_ID, required = false)
                    @Nullable
                    String lastEventId) {
        Job job = jobs.find(jobId, caller);
        JobState state = JobState.of(job);
        long last = read(lastEventId);
        if (state.status().isTerminal() && last == state.version()) {
            return ResponseEntity.noContent()
                    .cacheControl(CacheControl.noStore())
                    .build();
        }
        UserId follower = Objects.requireNonNullElse(caller.userId(), job.userId());
        return stream(followers.follow(state, follower, last));
    }

    @Operation(operationId = "followJobs", summary = "Follow all jobs of a user", description = """
                    As `GET /jobs/{jobId}/events`, for all open jobs among the newest 500 of the user, and for those that \
                    the user submits later. The events of different jobs are in one stream, which the end of a job does \
                    not end. A job that another instance of the service accepted appears within a few seconds.

                    With `Last-Event-ID`, the stream begins with all open jobs and with those that ended in the \
                    meantime; a state can come again.""", tags = "jobs")
    @ApiResponse(
            responseCode = "200",
            description = "The stream, which lasts until the client or the service ends it.",
            content = @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string")))
    @Refuses({"invalid-request", "other-user", "busy"})
    @GetMapping(path = "/jobs/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    ResponseEntity<SseEmitter> jobs(
            Caller caller,
            @Parameter(description = "The user whose jobs to follow; the caller if left out.", example = "user-1")
                    @RequestParam(required = false)
                    @Nullable
                    String userId,
            @Parameter(in = ParameterIn.HEADER, name = LAST_EVENT_ID, description = RESUMES)
                    @RequestHeader(name = LAST_EVENT_ID, required = false)
                    @Nullable
                    String lastEventId) {
        Violations violations = new Violations();
        UserId user = caller.actingFor(userId, violations);
        violations.throwIfAny();
        return stream(followers.follow(Objects.requireNonNull(user), read(lastEventId)));
    }

    /** An id that this service did not send counts as none. */
    private static long read(@Nullable String lastEventId) {
        return lastEventId != null && ID.matcher(lastEventId).matches() ? Long.parseLong(lastEventId) : 0;
    }

    private static ResponseEntity<SseEmitter> stream(SseEmitter emitter) {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                // nginx and proxies like it would hold events back otherwise.
                .header("X-Accel-Buffering", "no")
                .body(emitter);
    }
}
