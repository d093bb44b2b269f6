package io.renderfleet.problem;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that is answered with a problem. Its texts are written for the client: they may be shown as they are. */
public final class ProblemException extends RuntimeException {
    private final ProblemType type;
    private final List<FieldError> errors;
    private final @Nullable Duration retryAfter;

    private ProblemException(
            ProblemType type,
            String detail,
            List<FieldError> errors,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(detail, cause);
        this.type = type;
        this.errors = List.copyOf(errors);
        this.retryAfter = retryAfter;
    }

    public static ProblemException of(ProblemType type, String detail) {
        return new ProblemException(type, detail, List.of(), null, null);
    }

    /** What is wrong with the input, all of it. */
    public static ProblemException invalid(List<FieldError> errors) {
        String detail = errors.size() == 1
                ? "One thing is wrong with the request: see errors."
                : errors.size() + " things are wrong with the request: see errors.";
        return new ProblemException(ProblemType.INVALID_REQUEST, detail, errors, null, null);
    }

    /** Input that is well formed but stands for something that cannot be done. */
    public static ProblemException of(ProblemType type, String detail, FieldError error) {
        return new ProblemException(type, detail, List.of(error), null, null);
    }

    /** A failure of ours that will pass, or a limit that leaves room again later. */
    public static ProblemException unavailable(
            ProblemType type, String detail, Duration retryAfter, @Nullable Throwable cause) {
        return new ProblemException(type, detail, List.of(), retryAfter, cause);
    }

    /** A failure that nobody foresaw, under a fixed text. */
    public static ProblemException unexpected(Throwable cause) {
        return new ProblemException(
                ProblemType.INTERNAL_ERROR,
                "The request failed for a reason that is in our log. Give the trace id when you report it.",
                List.of(),
                null,
                cause);
    }

    public ProblemType type() {
        return type;
    }

    /** The detail, never null. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? type.title() : message;
    }

    public List<FieldError> errors() {
        return errors;
    }

    /** When to try again; null when that would not help. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /**
     * One thing wrong with one part of a request.
     *
     * @param field where, as a path such as {@code camera.position.x} or {@code regions[1]}; the name of a header or a
     *     query parameter when it is there
     * @param message what is wanted, in words
     */
    public record FieldError(String field, String message) {}
}
