package io.renderfleet.jobtype;

import io.renderfleet.job.CompletionRequest;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobTypeName;
import io.renderfleet.job.UserId;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Violations;
import io.renderfleet.region.RegionId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job type in the API. The API reads a request's JSON into the type's record, checks the constraints of its
 * components (Jakarta Bean Validation), and obtains a payload from the type, which it stores without reading it. Each
 * type is a bean; {@link JobTypes} finds it.
 *
 * <p>A request's JSON has the fields of every job (such as {@code userId} and {@code priority}) beside the type's own
 * fields, so a type must not have a field with one of those names.
 *
 * <p>Thread-safe.
 *
 * @param <R> the type's own fields of a request; a component is null when the client left it out or gave a wrong value
 */
public interface JobType<R extends Record> {

    JobTypeName name();

    /** The pool whose workers run the jobs of this type. */
    PoolName pool();

    Class<R> requestType();

    /** Whether this is the type of a request that names none; true for at most one type of a deployment. */
    default boolean isDefault() {
        return false;
    }

    /**
     * Checks the request as a whole, beyond the constraints of single components, and sets defaults. Makes no calls.
     *
     * @param request after its constraints were checked; some of them may be violated
     * @param violations receives the violations, by field
     * @return null when the request is not valid
     */
    @Nullable
    PayloadSource prepare(R request, Violations violations);

    /**
     * The completion events that a job with this payload wants. Called once for each submission, with the payload that
     * the type made; makes no calls. A job that wants events costs one further write of two units.
     */
    default CompletionRequest completion(JobPayload payload) {
        return CompletionRequest.NONE;
    }

    /**
     * The field of the request that says what a job is about, such as its design. Users can list their jobs by it, and the
     * file names of results have it. Its values are texts of 1 to 128 printable characters. Empty for a type without such
     * a field.
     */
    default Optional<String> subjectField() {
        return Optional.empty();
    }

    /** The problems with which its {@link PayloadSource} can refuse a request; part of the API's description. */
    default List<ProblemType> submissionProblems() {
        return List.of();
    }

    /** The problems that the type's own HTTP operations name in {@code @Refuses}. */
    default List<ProblemType> problems() {
        return List.of();
    }

    /** Complete requests for the API's description, the shortest first. */
    List<RequestExample> examples();

    /**
     * An example of a valid request.
     *
     * @param name a short name
     * @param json the request's body
     */
    record RequestExample(String name, String json) {}

    /** Makes the payload of a valid request, after the job has been admitted. */
    @FunctionalInterface
    interface PayloadSource {
        /**
         * The payload. May make calls, for instance to look up a design.
         *
         * @param owner the user of the job; files that the request names are this user's, or shared ones
         * @throws ProblemException when the request refers to something that does not exist
         */
        JobPayload payload(UserId owner);

        /** The only regions that can run the job, as far as the request says; empty for all. */
        default Set<RegionId> regions() {
            return Set.of();
        }

        /** This source, for a job that only some regions can run; empty for all. */
        default PayloadSource onlyIn(Set<RegionId> regions) {
            PayloadSource source = this;
            return new PayloadSource() {
                @Override
                public JobPayload payload(UserId owner) {
                    return source.payload(owner);
                }

                @Override
                public Set<RegionId> regions() {
                    return regions;
                }
            };
        }
    }
}
