package io.renderfleet.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The API refused a request or failed. {@link #problem} has the reason. Temporary problems are retried first. */
public final class ProblemException extends ClientException {
    private final Problem problem;
    private final @Nullable Duration retryAfter;

    ProblemException(String request, Problem problem, @Nullable Duration retryAfter) {
        super(request + " failed with " + problem);
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    public Problem problem() {
        return problem;
    }

    public int status() {
        return problem.status();
    }

    /** A stable identifier, such as {@code urn:renderfleet:problem:job-not-found}. */
    public URI type() {
        return problem.type();
    }

    public Optional<String> title() {
        return Optional.ofNullable(problem.title());
    }

    public Optional<String> detail() {
        return Optional.ofNullable(problem.detail());
    }

    public List<Problem.FieldError> errors() {
        return problem.errors();
    }

    public Optional<String> traceId() {
        return Optional.ofNullable(problem.traceId());
    }

    /** How long the API asks its clients to wait before they send the request again. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
