package io.renderfleet.api.control;

import io.renderfleet.api.lookup.JobIds;
import io.renderfleet.api.lookup.JobView;
import io.renderfleet.identity.Audit;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobControl.Cancelling;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Cancels and retries jobs. Clients may repeat both requests, for instance when a response was lost. */
@RestController
class ControlController {
    private static final String OWNER =
            "The owner of the job. If it is given, a job of another user is answered with job-not-found.";

    private final JobControl control;
    private final Retries retries;
    private final JobStore jobs;

    ControlController(JobControl control, Retries retries, JobStore jobs) {
        this.control = control;
        this.retries = retries;
        this.jobs = jobs;
    }

    @Operation(
            operationId = "cancelJob",
            summary = "Cancel a job",
            description =
                    "A job that is waiting is CANCELLED at once. A running job has cancelRequested until its worker"
                            + " stops it, usually within seconds; it can still complete before that.",
            tags = "jobs")
    @ApiResponse(responseCode = "202", description = "The job as it is now.")
    @Refuses({"invalid-request", "job-not-found", "job-over", "busy"})
    @PostMapping(path = "/jobs/{jobId}/cancel", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<JobView> cancel(
            @PathVariable String jobId,
            @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId,
            Caller caller) {
        JobId id = JobIds.read(jobId);
        Job job = switch (control.cancel(id, owner(caller, userId))) {
            case Cancelling.Cancelled(Job cancelled) -> cancelled;
            case Cancelling.Requested(Job running) -> running;
            case Cancelling.Over(JobStatus status)
            when status == JobStatus.CANCELLED -> jobs.find(id).orElseThrow(JobIds::unknown);
            case Cancelling.Over(JobStatus status) ->
                throw ProblemException.of(
                        ProblemType.JOB_OVER,
                        "The job is " + status + " and can no longer be cancelled. GET /jobs/" + id
                                + " returns its outcome.");
            case Cancelling.Unknown _ -> throw JobIds.unknown();
            case Cancelling.Contended _ -> throw Retries.contended();
        };
        return accepted(caller, job).body(JobView.of(job));
    }

    @Operation(
            operationId = "retryJob",
            summary = "Retry a job",
            description = "Reopens a FAILED or CANCELLED job with the same id. maxAttempts applies to the new attempts"
                    + " only, and the history is kept. A job with an ordering key goes to the end of the key's order. The"
                    + " limits of submissions apply.",
            tags = "jobs")
    @ApiResponse(
            responseCode = "202",
            description = "The job will run again.",
            headers = @Header(name = HttpHeaders.LOCATION, description = "The URL of the job."))
    @Refuses({
        "invalid-request",
        "job-not-found",
        "not-retryable",
        "rate-limited",
        "too-many-open-jobs",
        "queue-full",
        "queue-unavailable",
        "busy"
    })
    @PostMapping(path = "/jobs/{jobId}/retry", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<JobView> retry(
            @PathVariable String jobId,
            @Parameter(description = OWNER) @RequestParam(required = false) @Nullable String userId,
            Caller caller) {
        Job job = retries.retry(JobIds.read(jobId), owner(caller, userId));
        return accepted(caller, job).location(URI.create("/jobs/" + job.id())).body(JobView.of(job));
    }

    private static @Nullable UserId owner(Caller caller, @Nullable String userId) {
        Violations violations = new Violations();
        UserId owner = caller.onlyOwner(userId, violations);
        violations.throwIfAny();
        return owner;
    }

    private static ResponseEntity.BodyBuilder accepted(Caller caller, Job job) {
        Audit.actedFor(caller, job.userId());
        return ResponseEntity.accepted().cacheControl(CacheControl.noStore());
    }
}
