package io.renderfleet.api.lookup;

import io.renderfleet.identity.Audit;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.JobBatches;
import io.renderfleet.job.JobBatches.JobBatch;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobState;
import io.renderfleet.job.JobStatus;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Shows how far the jobs of a batch are. */
@RestController
class JobBatchController {
    private final JobBatches batches;

    JobBatchController(JobBatches batches) {
        this.batches = batches;
    }

    /**
     * A batch.
     *
     * @param total the number of jobs that were accepted and are still stored
     * @param counts the number of jobs with each status
     * @param done whether every job is over
     * @param jobs in the order of the request
     */
    @Schema(name = "JobBatch")
    record View(
            UUID batchId,
            Instant createdAt,
            int total,

            @Schema(example = "{\"PENDING\": 1, \"PROCESSING\": 1, \"COMPLETED\": 8, \"FAILED\": 0, \"CANCELLED\": 0}")
            Map<JobStatus, Integer> counts,

            boolean done,
            List<JobOfBatch> jobs) {}

    /**
     * A job of a batch.
     *
     * @param progress the progress of the running attempt in percent, 0 to 100
     */
    @Schema(name = "JobOfBatch")
    record JobOfBatch(
            @Schema(type = "string", format = "uuid") JobId jobId,
            JobStatus status,
            @Schema(minimum = "0", maximum = "100") int progress) {
        static JobOfBatch of(JobState state) {
            return new JobOfBatch(state.id(), state.status(), state.progress());
        }
    }

    @Operation(operationId = "getJobBatch", summary = "Get a batch of jobs", tags = "jobs")
    @ApiResponse(
            responseCode = "200",
            description = "The jobs of the batch, each with its status. It can be a second old.")
    @Refuses("batch-not-found")
    @GetMapping(path = "/jobs/batch/{batchId}", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<View> batch(@PathVariable String batchId, Caller caller) {
        JobBatch batch = id(batchId)
                .flatMap(batches::find)
                .filter(found -> caller.sees(found.owner()))
                .orElseThrow(JobBatchController::unknown);
        Audit.actedFor(caller, batch.owner());
        // A batch can name a job of another user, which was refused.
        List<JobState> states = batches.states(batch).stream()
                .filter(state -> caller.sees(state.userId()))
                .toList();
        Map<JobStatus, Integer> counts = new EnumMap<>(JobStatus.class);
        for (JobStatus status : JobStatus.values()) {
            counts.put(status, 0);
        }
        states.forEach(state -> counts.merge(state.status(), 1, Integer::sum));
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new View(
                        batch.id(),
                        batch.createdAt(),
                        states.size(),
                        counts,
                        states.stream().allMatch(state -> state.status().isTerminal()),
                        states.stream().map(JobOfBatch::of).toList()));
    }

    private static Optional<UUID> id(String text) {
        try {
            return Optional.of(JobId.of(text).uuid());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static ProblemException unknown() {
        return ProblemException.of(
                ProblemType.BATCH_NOT_FOUND,
                "No batch of jobs has this id. Use the batchId that POST /jobs/batch returned. Batches are deleted after a"
                        + " limited time, as their jobs are.");
    }
}
