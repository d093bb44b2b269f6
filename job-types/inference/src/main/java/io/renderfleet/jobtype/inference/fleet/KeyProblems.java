package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.problem.ProblemType;
import java.util.List;
import org.springframework.http.HttpStatus;

/** The problem types of the operations on keys. */
public final class KeyProblems {
    static final ProblemType UNKNOWN_POOL =
            new ProblemType("unknown-key-pool", HttpStatus.NOT_FOUND, "The pool of keys does not exist");
    static final ProblemType UNKNOWN_KEY =
            new ProblemType("unknown-key", HttpStatus.NOT_FOUND, "The key does not exist");

    public static final List<ProblemType> ALL = List.of(UNKNOWN_POOL, UNKNOWN_KEY);

    private KeyProblems() {}
}
