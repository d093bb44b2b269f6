package io.renderfleet.api.admin;

import io.renderfleet.job.JobRecovery;
import io.renderfleet.problem.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists the open jobs that the distributors could not read or process and have parked. */
@RestController
class UnreadableJobsController {
    private static final int LIMIT = 100;

    private final JobRecovery jobs;

    UnreadableJobsController(JobRecovery jobs) {
        this.jobs = jobs;
    }

    /**
     * The parked jobs that are checked next, at most 100.
     *
     * @param items ordered by the time of their next check
     * @param more whether there are other parked jobs
     */
    @Schema(name = "UnreadableJobs")
    record Answer(List<JobRecovery.ParkedJob> items, boolean more) {}

    @Operation(
            operationId = "listUnreadableJobs",
            summary = "List the open jobs that the distributors could not read or process",
            description = "Parked jobs do not delay other jobs. The distributors check them again every ten minutes.",
            tags = "admin")
    @ApiResponse(
            responseCode = "200",
            description = "The 100 parked jobs that are checked next, each with the time of its next check.")
    @Refuses({"operators-only"})
    @GetMapping(path = "/admin/unreadable-jobs", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Answer> unreadableJobs() {
        List<JobRecovery.ParkedJob> found = jobs.listParked(LIMIT + 1);
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new Answer(found.subList(0, Math.min(LIMIT, found.size())), found.size() > LIMIT));
    }
}
