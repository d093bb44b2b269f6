package io.renderfleet.api.submission;

import io.renderfleet.api.body.LimitedBody;
import io.renderfleet.api.problem.FieldError;
import io.renderfleet.api.problem.ProblemException;
import io.renderfleet.api.problem.ProblemType;
import io.renderfleet.api.problem.Refuses;
import io.renderfleet.api.submission.Submissions.Accepted;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
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
                                            schema = @Schema(implementation = RenderRequest.class),
                                            examples = {
                                                @ExampleObject(name = "shortest", value = Examples.SHORTEST),
                                                @ExampleObject(name = "everything", value = Examples.EVERYTHING)
                                            })))
    @ApiResponse(
            responseCode = "202",
            description = "The job will run.",
            headers = {
                @Header(name = HttpHeaders.LOCATION, description = "Where to ask for the job."),
                @Header(name = HttpHeaders.RETRY_AFTER, description = "Seconds until asking makes sense."),
                @Header(name = REPLAYED, description = "true when an earlier request had made the job.")
            })
    @Refuses({
        ProblemType.MALFORMED_JSON,
        ProblemType.INVALID_REQUEST,
        ProblemType.BODY_TOO_LARGE,
        ProblemType.UNSUPPORTED_MEDIA_TYPE,
        ProblemType.DESIGN_NOT_FOUND,
        ProblemType.IDEMPOTENCY_CONFLICT,
        ProblemType.RATE_LIMITED,
        ProblemType.TOO_MANY_OPEN_JOBS,
        ProblemType.QUEUE_FULL,
        ProblemType.QUEUE_UNAVAILABLE,
        ProblemType.BUSY
    })
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
                                            schema = @Schema(implementation = BatchRequest.class),
                                            examples = @ExampleObject(value = Examples.BATCH))))
    @ApiResponse(responseCode = "202", description = "What became of each job, in the order of the request.")
    @Refuses({
        ProblemType.MALFORMED_JSON,
        ProblemType.INVALID_REQUEST,
        ProblemType.BODY_TOO_LARGE,
        ProblemType.UNSUPPORTED_MEDIA_TYPE
    })
    @PostMapping(
            path = "/jobs/batch",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<BatchItem.Answer> submitBatch(HttpServletRequest request) {
        if (idempotencyKey(request) != null) {
            throw ProblemException.invalid(List.of(new FieldError(
                    IDEMPOTENCY_KEY, "must not be given for a batch; give each job a jobId of its own")));
        }
        List<String> jobs = BatchEnvelope.jobs(LimitedBody.read(request, settings.maxBatch()));
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
