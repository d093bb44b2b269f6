package io.renderfleet.jobtype.inference.input;

import io.renderfleet.problem.ProblemType;
import java.util.List;
import org.springframework.http.HttpStatus;

/** The problem types of uploaded images, in addition to those of the whole API. */
public final class InputProblems {
    /** A submission that refers to an image that does not exist. */
    public static final ProblemType NOT_FOUND =
            new ProblemType("input-not-found", HttpStatus.UNPROCESSABLE_ENTITY, "There is no such input");

    /** A file that is not an image. */
    static final ProblemType NOT_AN_IMAGE =
            new ProblemType("not-an-image", HttpStatus.UNPROCESSABLE_ENTITY, "The file is not an image");

    public static final List<ProblemType> ALL = List.of(NOT_FOUND, NOT_AN_IMAGE);

    private InputProblems() {}
}
