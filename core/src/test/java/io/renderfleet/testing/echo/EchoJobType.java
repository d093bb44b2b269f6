package io.renderfleet.testing.echo;

import io.renderfleet.job.JobTypeName;
import io.renderfleet.jobtype.JobType;
import io.renderfleet.jobtype.JobType.PayloadSource;
import io.renderfleet.jobtype.PayloadFormat;
import io.renderfleet.jobtype.Required;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemException.FieldError;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.problem.Violations;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Jobs that say back what they were given, and misbehave on request. Their requests have a field of every kind. */
public final class EchoJobType implements JobType<EchoJobType.Request> {
    public static final JobTypeName NAME = new JobTypeName("echo");
    public static final PoolName POOL = new PoolName("echo");
    static final PayloadFormat<Payload> FORMAT = new PayloadFormat<>(Payload.class, 1);

    private static final ProblemType NOTHING_TO_ECHO =
            new ProblemType("nothing-to-echo", HttpStatus.UNPROCESSABLE_ENTITY, "There is nothing to say back");

    /** What a run does besides saying its text. */
    public enum Behaviour {
        NORMAL,
        /** Waits for the delay without looking at whether it is to stop, and without an end when there is none. */
        HANG,
        REJECT,
        FAIL,
        THROW_ERROR,
        RETURN_NOTHING,
        /** Stores its text as the artifact said.txt, and a log as a stream. */
        WRITE_ARTIFACTS,
        /** Keeps a log as an artifact, and fails. */
        LOG_AND_FAIL,
        /** Writes 5 GB to its directory. */
        WRITE_TOO_MUCH,
        /** Starts a program that starts a hundred others, all of which ignore that they are to end. */
        FORK
    }

    /** A request, with a component of each kind that a type may have. */
    public record Request(
            @Required @Size(min = 1, max = 60_000, message = "must be 1 to 60000 characters") @Nullable
            String text,

            @Nullable Behaviour behaviour,
            @Nullable Duration delay,

            @Min(value = 1, message = "must be 1 or more") @Nullable
            Integer times,

            @Nullable Boolean loud,

            @Size(min = 1, max = 128, message = "must be 1 to 128 characters") @Nullable
            String topic,

            @Nullable List<@Valid @Nullable Part> parts,
            @Nullable Map<String, @Nullable Double> weights) {}

    /** A nested record. */
    public record Part(
            @Required @Nullable String name, @Nullable List<@Nullable Integer> sizes) {}

    /** What the worker reads. */
    public record Payload(
            String text, Behaviour behaviour, @Nullable Duration delay, int times) {}

    @Override
    public JobTypeName name() {
        return NAME;
    }

    @Override
    public PoolName pool() {
        return POOL;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public @Nullable PayloadSource prepare(Request request, Violations violations) {
        String text = request.text();
        if (text == null || !violations.isEmpty()) {
            return null;
        }
        return _ -> {
            if (text.isBlank()) {
                throw ProblemException.of(
                        NOTHING_TO_ECHO, "Send a text with something in it.", new FieldError("text", "is blank"));
            }
            return FORMAT.write(new Payload(
                    text,
                    Objects.requireNonNullElse(request.behaviour(), Behaviour.NORMAL),
                    request.delay(),
                    Objects.requireNonNullElse(request.times(), 1)));
        };
    }

    @Override
    public Optional<String> subjectField() {
        return Optional.of("topic");
    }

    @Override
    public List<ProblemType> submissionProblems() {
        return List.of(NOTHING_TO_ECHO);
    }

    @Override
    public List<RequestExample> examples() {
        return List.of(new RequestExample("shortest", """
                {"type": "echo", "userId": "user-1", "text": "hello"}"""));
    }
}
