package io.renderfleet.api.lookup;

import io.renderfleet.identity.Caller;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobFilter;
import io.renderfleet.job.JobHistory;
import io.renderfleet.job.JobHistory.Position;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobSearch;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobTags;
import io.renderfleet.job.UserId;
import io.renderfleet.problem.Refuses;
import io.renderfleet.problem.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Finds jobs of all users, for operators. */
@RestController
class JobSearchController {
    private static final Duration MAX_AGE = Duration.ofDays(3650);

    private final JobSearch search;
    private final JobHistory history;
    private final Cursors cursors;
    private final Clock clock;

    JobSearchController(JobSearch search, JobHistory history, Cursors cursors, Clock clock) {
        this.search = search;
        this.history = history;
        this.cursors = cursors;
        this.clock = clock;
    }

    /**
     * A page of jobs.
     *
     * @param unreadable the ids of the jobs on this page that this version of the service cannot read
     * @param next the cursor of the next page; left out on the last page
     * @param incomplete true if there are more than 20,000 open jobs, so that some were not considered; left out otherwise
     */
    @Schema(name = "FoundJobs")
    record Answer(
            List<JobView> items,
            List<JobId> unreadable,
            @Nullable String next,
            @Nullable Boolean incomplete) {}

    @Operation(
            operationId = "findJobs",
            summary = "Find jobs of all users",
            description = "Without a status, or with PENDING or PROCESSING, lists open jobs, oldest first. FAILED lists"
                    + " failed jobs, latest failure first, or of one user the latest submission first. COMPLETED and"
                    + " CANCELLED need a userId and list the latest submission first. At most 1000 jobs are read for a"
                    + " page. With filters that few jobs pass, a page may therefore have fewer jobs than the limit, or"
                    + " none, although next leads to more.",
            tags = "admin",
            parameters = {
                @Parameter(in = ParameterIn.QUERY, name = "status", schema = @Schema(implementation = JobStatus.class)),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "olderThan",
                        description = "Jobs that were submitted longer ago than this ISO-8601 duration.",
                        example = "PT10M",
                        schema = @Schema(type = "string")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "type",
                        example = "render",
                        schema = @Schema(type = "string")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "region",
                        description = "Jobs that were last sent to this region.",
                        example = "us-east-1",
                        schema = @Schema(type = "string")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "userId",
                        description = "Jobs of this user. Left out: of all users.",
                        example = "user-1",
                        schema = @Schema(type = "string")),
                @Parameter(
                        in = ParameterIn.QUERY,
                        name = "label",
                        description = JobFilters.LABEL,
                        example = "[\"shoot:spring\"]",
                        array = @ArraySchema(schema = @Schema(type = "string"), maxItems = JobTags.MAX_LABELS)),
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
    @ApiResponse(responseCode = "200", description = "A page of jobs, without links to results.")
    @Refuses({"operators-only", "invalid-request"})
    @GetMapping(path = "/admin/jobs", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Answer> jobs(HttpServletRequest request, Caller caller) {
        Map<String, String[]> parameters = request.getParameterMap();
        Violations violations = new Violations();
        String[] users = parameters.get("userId");
        UserId user = caller.onlyOwner(users == null ? null : users[0], violations);
        JobFilters filters = new JobFilters(parameters, violations);
        JobFilter filter = filters.read(List.of());
        Duration age =
                filters.read("olderThan", JobSearchController::age, "must be an ISO-8601 duration such as PT10M");
        int limit = filters.limit();
        if (user == null && (filter.status() == JobStatus.COMPLETED || filter.status() == JobStatus.CANCELLED)) {
            violations.add(
                    "userId",
                    "is required with the status " + filter.status()
                            + "; jobs of all users can be listed while they are open and if they FAILED");
        }
        violations.throwIfAny();
        String listing =
                JobFilters.listing(filter, "admin", user == null ? "" : user.value(), Objects.toString(age, ""));
        Position from = filters.read(
                "cursor",
                cursor -> cursors.read(cursor, listing).orElseThrow(IllegalArgumentException::new),
                ListingRequest.FOREIGN_CURSOR);
        violations.throwIfAny();
        Instant before = age == null ? null : clock.instant().minus(age);
        return answer(find(user, filter.olderThan(before), limit, from), listing);
    }

    private JobSearch.Page find(@Nullable UserId user, JobFilter filter, int limit, @Nullable Position from) {
        boolean over = filter.status() != null && filter.status().isTerminal();
        if (!over) {
            return search.open(new JobSearch.Query(user, filter, limit, from));
        }
        if (user == null) {
            return search.failed(new JobSearch.Query(null, filter, limit, from));
        }
        JobHistory.Page page =
                history.list(new JobHistory.Query(user, filter, null, filter.createdBefore(), limit, from));
        return new JobSearch.Page(page.jobs(), page.unreadable(), page.next(), false);
    }

    private ResponseEntity<Answer> answer(JobSearch.Page page, String listing) {
        List<Job> jobs = page.jobs();
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new Answer(
                        jobs.stream().map(JobView::of).toList(),
                        page.unreadable(),
                        page.next() == null ? null : cursors.write(page.next(), listing),
                        page.incomplete() ? true : null));
    }

    private static Duration age(String text) {
        Duration age = Duration.parse(text);
        if (age.isNegative() || age.compareTo(MAX_AGE) > 0) {
            throw new IllegalArgumentException();
        }
        return age;
    }
}
