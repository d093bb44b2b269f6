package io.renderfleet.api.submission;

import io.renderfleet.api.body.LimitedBody;
import io.renderfleet.api.submission.Submissions.Accepted;
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

/** Takes jobs, one or many at a time. */
@RestController
class SubmissionController {
    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    static final String REPLAYED = "Idempotent-Replayed";

    /** A job is seldom done sooner. */
    private static final String POLL_AFTER_SECONDS = "1";

    private final JobReader reader;
    private final Submissions submissions;
    private final Batches batches;
    private final SubmissionSettings settings;

    SubmissionController(JobReader reader, Submissions submissions, Batches batches, SubmissionSettings settings) {
        this.reader = reader;
        this.submissions = submissions;
        this.batches = batches;
        this.settings = settings;
    }

    @Operation(
            summary = "Submit a job",
            description = "Answers once the job is stored and queued, before any work is done. With an id of the"
                    + " client's, in Idempotency-Key or jobId, the same request may be sent any number of times and"
                    + " makes one job.",
            tags = "jobs",
            parameters =
                    @Parameter(
                            in = ParameterIn.HEADER,
                            name = IDEMPOTENCY_KEY,
                            description = "Stands for one job of the user. 1 to 255 printable ASCII characters.",
                            schema = @Schema(type = "string", minLength = 1, maxLength = 255)),
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(ref = JobDescriptions.ANY_JOB))))
    @ApiResponse(
            responseCode = "202",
            description = "The job will run.",
            headers = {
                @Header(name = HttpHeaders.LOCATION, description = "Where to ask for the job."),
                @Header(name = HttpHeaders.RETRY_AFTER, description = "Seconds until asking makes sense."),
                @Header(name = REPLAYED, description = "true when an earlier request had made the job.")
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
    ResponseEntity<AcceptedJob> submit(HttpServletRequest request) {
        Submission submission = reader.read(LimitedBody.read(request, settings.maxJob()), idempotencyKey(request));
        Accepted accepted = submissions.accept(submission);
        AcceptedJob answer = AcceptedJob.of(accepted.id());
        var response = ResponseEntity.accepted()
                .location(answer.links().self())
                .cacheControl(CacheControl.noStore())
                .header(HttpHeaders.RETRY_AFTER, POLL_AFTER_SECONDS);
        if (accepted.replayed()) {
            response.header(REPLAYED, "true");
        }
        return response.body(answer);
    }

    @Operation(
            summary = "Submit up to 100 jobs",
            description = "Each job is accepted or refused on its own, and may carry a jobId of its own.",
            tags = "jobs",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(ref = JobDescriptions.BATCH))))
    @ApiResponse(responseCode = "202", description = "What became of each job, in the order of the request.")
    @Refuses({"malformed-json", "invalid-request", "upload-too-slow", "body-too-large", "unsupported-media-type"})
    @PostMapping(
            path = "/jobs/batch",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<BatchItem.Answer> submitBatch(HttpServletRequest request) {
        if (idempotencyKey(request) != null) {
            throw ProblemException.invalid(List.of(new FieldError(
                    IDEMPOTENCY_KEY, "must not be given for a batch; give each job a jobId of its own")));
        }
        List<BatchRequest.Entry> jobs = BatchRequest.read(LimitedBody.read(request, settings.maxBatch()));
        return ResponseEntity.accepted()
                .cacheControl(CacheControl.noStore())
                .body(new BatchItem.Answer(batches.accept(jobs)));
    }

    private static @Nullable String idempotencyKey(HttpServletRequest request) {
        List<String> keys = Collections.list(request.getHeaders(IDEMPOTENCY_KEY));
        if (keys.size() > 1) {
            throw ProblemException.invalid(List.of(new FieldError(IDEMPOTENCY_KEY, "must be given once")));
        }
        return keys.isEmpty() ? null : keys.getFirst();
    }
}
