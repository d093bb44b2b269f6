package io.renderfleet.api.lookup;

import io.renderfleet.api.progress.JobWaits;
import io.renderfleet.api.query.FilteredBySubject;
import io.renderfleet.blob.StoredFile;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobHistory;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTags;
import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** Looks up and lists jobs and serves results. Responses are never cached. */
@RestController
class LookupController {
    private final VisibleJobs jobs;
    private final JobHistory history;
    private final StoredFiles files;
    private final Cursors cursors;
    private final LookupSettings settings;
    private final JobWaits waits;
    private final JobTypes types;

    LookupController(
            VisibleJobs jobs,
            JobHistory history,
            StoredFiles files,
            Cursors cursors,
            LookupSettings settings,
            JobWaits waits,
            JobTypes types) {
        this.jobs = jobs;
        this.history = history;
        this.files = files;
        this.cursors = cursors;
        this.settings = settings;
        this.waits = waits;
        this.types = types;
    }

    @Operation(
            operationId = "getJob",
            summary = "Get a job",
            tags = "jobs",
            parameters =
                    @Parameter(
                            in = ParameterIn.HEADER,
                            name = JobWaits.PREFER,
                            description = JobWaits.DESCRIPTION,
                            example = "wait=10",
                            schema = @Schema(type = "string")))
    @ApiResponse(
            responseCode = "200",
            description = "The current state of the job, with links to its artifacts and, when it is COMPLETED, to its"
                    + " result.",
            headers = {
                @Header(
                        name = HttpHeaders.RETRY_AFTER,
                        description =
                                "The number of seconds to wait before the next poll. Sent until the job is over."),
                @Header(name = JobWaits.APPLIED, description = "The wait that was applied.")
            })
    @Refuses({"job-not-found", "job-unreadable"})
    @GetMapping(path = "/jobs/{jobId}", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<JobView> job(@PathVariable String jobId, Caller caller, HttpServletRequest request) {
        Job job = jobs.find(jobId, caller);
        Optional<Duration> wait = waits.preferred(request);
        Optional<String> applied = Optional.empty();
        if (wait.isPresent()) {
            applied = waits.await(job, wait.get(), request);
            job = jobs.find(jobId, caller);
        }
        var response = ResponseEntity.ok().cacheControl(CacheControl.noStore());
        applied.ifPresent(value -> response.header(JobWaits.APPLIED, value));
        if (!job.status().isTerminal()) {
            response.header(
                    HttpHeaders.RETRY_AFTER, Long.toString(settings.pollAfter().toSeconds()));
        }
        return response.body(JobView.of(job, files));
    }

    @Operation(operationId = "getJobResult", summary = "Get the result of a job", tags = "jobs")
    @ApiResponse(
            responseCode = "302",
            description =
                    "Location has a link to the result. Anyone who has the link can read the result until it expires.",
            headers = @Header(name = HttpHeaders.LOCATION))
    @Refuses({"job-not-found", "result-not-ready", "job-unreadable", "file-unreachable"})
    @GetMapping("/jobs/{jobId}/result")
    ResponseEntity<Void> result(@PathVariable String jobId, Caller caller) {
        return files.redirect(result(jobs.find(jobId, caller)));
    }

    @Operation(
            operationId = "getJobResultHeaders",
            summary = "Get the headers of the result of a job",
            description =
                    "Returns the headers directly instead of a redirect, because a link to the result is signed for GET"
                            + " only. For a job without a result the response is 409, as for GET.",
            tags = "jobs")
    @ApiResponse(
            responseCode = "200",
            description = "The result exists; the headers describe it. There is no body.",
            headers = {
                @Header(name = HttpHeaders.CONTENT_TYPE),
                @Header(name = HttpHeaders.CONTENT_LENGTH),
                @Header(name = HttpHeaders.ETAG),
                @Header(name = HttpHeaders.LAST_MODIFIED)
            })
    @Refuses({"job-not-found", "result-not-ready", "result-gone", "job-unreadable", "file-unreachable"})
    @RequestMapping(path = "/jobs/{jobId}/result", method = RequestMethod.HEAD)
    ResponseEntity<Void> resultHead(@PathVariable String jobId, Caller caller) {
        return files.head(result(jobs.find(jobId, caller)))
                .orElseThrow(() -> ProblemException.of(
                        ProblemType.RESULT_GONE,
                        "The result of this job is no longer stored. To compute it again, submit a new job."));
    }

    @Operation(
            operationId = "listJobs",
            summary = "List a user's jobs, newest first",
            description = "At most 1000 jobs are read for a page. With filters that few jobs pass, a page may therefore"
                    + " have fewer jobs than the limit, or none, although next leads to more.",
            tags = "jobs",
            parameters = {
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "userId",
                        description = "By default the subject of the token; only operators can name another user."
                                + " Required if the service does not authenticate its callers.",
                        example = "user-1",
                        schema = @Schema(type = "string")),
                @Parameter(in = ParameterIn.QUERY, name = "status", schema = @Schema(implementation = JobStatus.class)),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "createdAfter",
                        description = "Inclusive.",
                        schema = @Schema(type = "string", format = "date-time")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "createdBefore",
                        description = "Exclusive.",
                        schema = @Schema(type = "string", format = "date-time")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "label",
                        description = JobFilters.LABEL,
                        example = "[\"shoot:spring\"]",
                        array = @ArraySchema(schema = @Schema(type = "string"), maxItems = JobTags.MAX_LABELS)),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "batchId",
                        description = "Jobs that were submitted with this batch.",
                        schema = @Schema(type = "string", format = "uuid")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "limit",
                        schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "cursor",
                        description = "The value of next of the previous page of the same listing.",
                        schema = @Schema(type = "string"))
            })
    @ApiResponse(
            responseCode = "200",
            description = "A page of jobs, without links to results. Jobs that this version of the service cannot"
                    + " read are listed by id in unreadable and count towards the limit.")
    @Refuses("invalid-request")
    @FilteredBySubject
    @GetMapping(path = "/jobs", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<JobPage> jobs(HttpServletRequest request, Caller caller) {
        ListingRequest listing = ListingRequest.read(caller, request.getParameterMap(), types.subjectFields(), cursors);
        JobHistory.Page page = history.list(listing.query());
        String next = page.next() == null ? null : cursors.write(page.next(), listing.listing());
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new JobPage(page.jobs().stream().map(JobView::of).toList(), page.unreadable(), next));
    }

    /** The result of a job; throws a {@link ProblemException} when there is none. */
    private StoredFile result(Job job) {
        if (job.result() == null) {
            throw ProblemException.of(
                    ProblemType.RESULT_NOT_READY,
                    "The job is " + job.status()
                            + (job.status().isTerminal()
                                    ? " and has no result. GET /jobs/" + job.id() + " returns the reason."
                                    : ". Repeat the request when GET /jobs/" + job.id() + " returns COMPLETED."));
        }
        return files.result(job);
    }
}
