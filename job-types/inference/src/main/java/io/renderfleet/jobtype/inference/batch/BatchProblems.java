package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.util.List;
import org.springframework.http.HttpStatus;

/** The problem types of batches, in addition to those of the whole API. */
public final class BatchProblems {
    /** Files of a batch that is not over. */
    static final ProblemType NOT_OVER =
            new ProblemType("batch-not-over", HttpStatus.CONFLICT, "The batch has no files yet");

    /** A batch that cannot be cancelled any more. */
    static final ProblemType OVER = new ProblemType("batch-over", HttpStatus.CONFLICT, "The batch is over");

    public static final List<ProblemType> ALL = List.of(NOT_OVER, OVER);

    private BatchProblems() {}

    static ProblemException unknown() {
        return ProblemException.of(
                ProblemType.BATCH_NOT_FOUND,
                "No batch has this id. Use the id that POST /batches returned. Batches are deleted after "
                        + BatchStore.KEPT.toDays() + " days.");
    }
}
