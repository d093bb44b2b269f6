package io.renderfleet.jobtype;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.Violations;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.util.unit.DataSize;

/**
 * Reads the JSON bodies of a job type's own HTTP operations as strictly as those of {@code POST /jobs}. The API defines a
 * bean of this type.
 *
 * <p>Thread-safe.
 */
public interface RequestReader {

    /**
     * Reads a JSON object into a record. Unknown fields, values of another kind, and violated constraints (Jakarta Bean
     * Validation) are violations.
     *
     * @param limit the largest body
     * @param violations receives the violations, by field; a component with one may be null
     * @throws ProblemException if the body is too large, arrives too slowly, or is not a JSON object
     */
    <R extends Record> R json(HttpServletRequest request, Class<R> type, DataSize limit, Violations violations);
}
