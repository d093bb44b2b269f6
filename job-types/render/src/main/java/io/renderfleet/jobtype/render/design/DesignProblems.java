package io.renderfleet.jobtype.render.design;

import io.renderfleet.problem.ProblemType;
import java.util.List;
import org.springframework.http.HttpStatus;

/** The problem types of designs, in addition to those of the whole API. */
public final class DesignProblems {
    private static final String NO_DESIGN = "There is no such design";

    /** A request for a design that does not exist. */
    static final ProblemType NOT_FOUND = new ProblemType("design-not-found", HttpStatus.NOT_FOUND, NO_DESIGN);

    /** A submission that refers to a design that does not exist. */
    public static final ProblemType NAMED_NOT_FOUND =
            new ProblemType("design-not-found", HttpStatus.UNPROCESSABLE_ENTITY, NO_DESIGN);

    /** A request for the thumbnail of a design that has none. */
    static final ProblemType NO_THUMBNAIL =
            new ProblemType("thumbnail-not-found", HttpStatus.NOT_FOUND, "The design has no thumbnail");

    /** The deletion of a design that open jobs need. */
    static final ProblemType IN_USE =
            new ProblemType("design-in-use", HttpStatus.CONFLICT, "Open jobs need the design");

    static final ProblemType INVALID =
            new ProblemType("invalid-design", HttpStatus.UNPROCESSABLE_ENTITY, "The design cannot be used");

    public static final List<ProblemType> ALL = List.of(NOT_FOUND, NO_THUMBNAIL, IN_USE, INVALID);

    private DesignProblems() {}

    /** The problem of an invalid file, with the code that the renderer's reader gave: {@code design:<code>}. */
    static ProblemType invalid(String code) {
        return new ProblemType("design:" + code, INVALID.status(), INVALID.title());
    }
}
