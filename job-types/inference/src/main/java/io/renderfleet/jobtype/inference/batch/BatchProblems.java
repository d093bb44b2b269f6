package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.util.List;
import org.springframework.http.HttpStatus;

/** The problem types of batches, in addition to those of the whole API. */
public final class BatchProblems {
    private static final ProblemType NOT_FOUND =
            new ProblemType("batch-not-found", HttpStatus.NOT_FOUND, "The batch does not exist");

    /** Files of a batch that is not over. */
    static final ProblemType NOT_OVER =
            new ProblemType("batch-not-over", HttpStatus.CONFLICT, "The batch has no files yet");

    /** A batch that cannot be cancelled any more. */
    static final ProblemType OVER = new ProblemType("batch-over", HttpStatus.CONFLICT, "The batch is over");

    public static final List<ProblemType> ALL = List.of(NOT_FOUND, NOT_OVER, OVER);

    private BatchProblems() {}

    static ProblemException unknown() {
        return ProblemException.of(
                NOT_FOUND,
                "No batch has this id. Use the id that POST /batches returned. Batches are deleted after "
                        + BatchStore.KEPT.toDays() + " days.");
    }
}
