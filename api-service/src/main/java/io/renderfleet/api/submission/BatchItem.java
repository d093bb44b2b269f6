package io.renderfleet.api.submission;

import io.renderfleet.api.problem.Problems;
import io.renderfleet.api.submission.Submissions.Accepted;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.problem.ProblemException;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;

/**
 * The outcome for one job of a batch: an id and a status, or a problem.
 *
 * @param index the position of the job in the batch, from 0
 * @param replayed true when an earlier request had submitted the job; left out otherwise
 */
@Schema(name = "BatchItem")
record BatchItem(
        @Schema(example = "0") int index,
        @Schema(type = "string", format = "uuid") @Nullable JobId jobId,
        @Nullable JobStatus status,
        @Nullable Boolean replayed,

        @Schema(ref = "#/components/schemas/Problem") @Nullable
        ProblemDetail problem) {

    static BatchItem accepted(int index, Accepted accepted) {
        return new BatchItem(index, accepted.id(), JobStatus.PENDING, accepted.replayed() ? true : null, null);
    }

    static BatchItem refused(int index, ProblemException problem) {
        return new BatchItem(index, null, null, null, Problems.of(problem));
    }

    /**
     * The outcomes of a batch, in the order of the request.
     *
     * @param batchId for GET /jobs/batch/{batchId}; left out if no job was admitted
     */
    @Schema(name = "BatchAnswer")
    record Answer(@Nullable UUID batchId, List<BatchItem> items) {}
}
