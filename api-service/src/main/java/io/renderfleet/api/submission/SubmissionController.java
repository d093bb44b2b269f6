package io.renderfleet.api.submission;

import io.renderfleet.api.body.LimitedBody;
import io.renderfleet.api.lookup.FinishedJobs;
import io.renderfleet.api.lookup.JobView;
import io.renderfleet.api.progress.JobWaits;
import io.renderfleet.api.submission.Submissions.Accepted;
import io.renderfleet.identity.Audit;
import io.renderfleet.identity.Caller;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Accepts jobs, one at a time or in batches. */
@RestController
class SubmissionController {
    static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private final JobReader reader;
    private final Submissions submissions;
    private final Batches batches;
    private final SubmissionSettings settings;
    private final FinishedJobs finished;

    SubmissionController(
            JobReader reader,
            Submissions submissions,
            Batches batches,
            SubmissionSettings settings,
            FinishedJobs finished) {
        this.reader = reader;
        this.submissions = submissions;
        this.batches = batches;
        this.settings = settings;
        this.finished = finished;
    }

    @Operation(
            operationId = "submitJob",
            summary = "Submit a job",
            description = "Responds when the job is stored and queued, before it runs. A request with an"
                    + " Idempotency-Key or a jobId can be repeated any number of times and submits one job.",
            tags = "jobs",
            parameters = {
                @Parameter(
                        in = ParameterIn.HEADER,
                        name = IDEMPOTENCY_KEY,
                        description = "Identifies the job among those of the user, so that the request can be repeated"
                                + " safely. 1 to 255 printable ASCII characters.",
                        schema = @Schema(type = "string", minLength = 1, maxLength = 255)),
                @Parameter(
                        in = ParameterIn.HEADER,
                        name = JobWaits.PREFER,
                        description = JobWaits.DESCRIPTION,
                        example = "wait=10",
                        schema = @Schema(type = "string"))
            },
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(ref = JobDescriptions.ANY_JOB))))
    @ApiResponse(
            responseCode = "200",
            description = "The job was accepted and is over, after a wait that the client preferred.",
            content = @Content(schema = @Schema(implementation = JobView.class)),
            headers = {
                @Header(name = HttpHeaders.LOCATION, description = "The URL of the job."),
                @Header(name = AcceptedJob.REPLAYED, description = "true when an earlier request submitted the job."),
                @Header(name = JobWaits.APPLIED, description = "The wait that was applied.")
            })
    @ApiResponse(
            responseCode = "202",
            description = "The job was accepted.",
            content = @Content(schema = @Schema(implementation = AcceptedJob.class)),
            headers = {
                @Header(name = JobWaits.APPLIED, description = "The wait that was applied."),
                @Header(name = HttpHeaders.LOCATION, description = "The URL of the job."),
                @Header(
                        name = HttpHeaders.RETRY_AFTER,
                        description = "The number of seconds to wait before the first poll."),
                @Header(name = AcceptedJob.REPLAYED, description = "true when an earlier request submitted the job.")
            })
    @Refuses(
            value = {
                "malformed-json",
                "upload-too-slow",
                "invalid-request",
                "body-too-large",
                "unsupported-media-type",
                "idempotency-conflict",
                "rate-limited",
                "too-many-open-jobs",
                "queue-full",
                "queue-unavailable",
                "ordering-key-busy",
                "busy"
            },
            byJobTypes = true)
    @PostMapping(
            path = "/jobs",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<?> submit(HttpServletRequest request, Caller caller) {
        Submission submission =
                reader.read(caller, LimitedBody.read(request, settings.maxJob()), idempotencyKey(request));
        Audit.made(submission.id());
        Accepted accepted = submissions.accept(submission);
        return AcceptedJob.response(accepted, finished.await(accepted.id(), request));
    }

    @Operation(
            operationId = "submitJobs",
            summary = "Submit up to 100 jobs",
            description =
                    "Each job is accepted or refused on its own. Give each job a jobId to make the request repeatable."
                            + " GET /jobs/batch/{batchId} shows how far the jobs are.",
            tags = "jobs",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(ref = JobDescriptions.BATCH))))
    @ApiResponse(responseCode = "202", description = "The outcome for each job, in the order of the request.")
    @Refuses({"malformed-json", "invalid-request", "upload-too-slow", "body-too-large", "unsupported-media-type", "busy"
    })
    @PostMapping(
            path = "/jobs/batch",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<BatchItem.Answer> submitBatch(HttpServletRequest request, Caller caller) {
        if (idempotencyKey(request) != null) {
            throw ProblemException.invalid(List.of(
                    new FieldError(IDEMPOTENCY_KEY, "must not be given for a batch; give each job its own jobId")));
        }
        List<BatchRequest.Entry> jobs = BatchRequest.read(LimitedBody.read(request, settings.maxBatch()));
        return ResponseEntity.accepted().cacheControl(CacheControl.noStore()).body(batches.accept(caller, jobs));
    }

    private static @Nullable String idempotencyKey(HttpServletRequest request) {
        List<String> keys = Collections.list(request.getHeaders(IDEMPOTENCY_KEY));
        if (keys.size() > 1) {
            throw ProblemException.invalid(List.of(new FieldError(IDEMPOTENCY_KEY, "must be given once")));
        }
        return keys.isEmpty() ? null : keys.getFirst();
    }
}
