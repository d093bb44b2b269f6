package io.renderfleet.jobtype;

import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Violations;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One kind of work as the API knows it. The API reads a request's JSON into the type's record, checks the constraints
 * that are written at its components (Jakarta Bean Validation), and asks the type for a payload, which it stores without
 * looking into it. A type is a bean of this interface; {@link JobTypes} finds it.
 *
 * <p>A request's JSON has the fields of every job (such as {@code userId} and {@code priority}) and the type's own side
 * by side, so a type may not have a field with the name of one of those.
 *
 * <p>Thread-safe.
 *
 * @param <R> the type's own fields of a request; a component is null when the client left it out or gave a wrong value
 */
public interface JobType<R extends Record> {

    JobTypeName name();

    /** The workers that run it. */
    PoolName pool();

    Class<R> requestType();

    /** Whether a request without a type means this one; at most one type of a deployment says so. */
    default boolean isDefault() {
        return false;
    }

    /**
     * Checks what constraints of single components cannot express, and fills in defaults. Makes no calls.
     *
     * @param request whose constraints have been checked; some of them may have failed
     * @param violations takes what is wrong, by field
     * @return null when something was wrong
     */
    @Nullable
    PayloadSource prepare(R request, Violations violations);

    /** What its {@link PayloadSource} may refuse with: for the API's description. */
    default List<ProblemType> submissionProblems() {
        return List.of();
    }

    /** The problems that its own operations name in {@code @Refuses}, if it has any. */
    default List<ProblemType> problems() {
        return List.of();
    }

    /** Whole requests that the API's description shows, the shortest one first. */
    List<RequestExample> examples();

    /**
     * A valid request.
     *
     * @param name a word for it
     * @param json its text
     */
    record RequestExample(String name, String json) {}

    /** Makes the payload of a checked request, once the job has been admitted. */
    @FunctionalInterface
    interface PayloadSource {
        /**
         * The payload. May look up what the request refers to.
         *
         * @throws ProblemException when the request refers to something that is not there
         */
        JobPayload payload();
    }
}
