package io.renderfleet.problem;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that is answered with a problem (RFC 9457). All its texts are written for the client. */
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

    /** A request whose input is not valid, with all its errors. */
    public static ProblemException invalid(List<FieldError> errors) {
        String detail = errors.size() == 1
                ? "The request has one error: see errors."
                : "The request has " + errors.size() + " errors: see errors.";
        return invalid(detail, errors);
    }

    /** A request whose input is not valid, with a detail of its own, for instance because not all errors are listed. */
    public static ProblemException invalid(String detail, List<FieldError> errors) {
        return new ProblemException(ProblemType.INVALID_REQUEST, detail, errors, null, null);
    }

    /** A request with valid syntax that cannot be fulfilled because of one field. */
    public static ProblemException of(ProblemType type, String detail, FieldError error) {
        return new ProblemException(type, detail, List.of(error), null, null);
    }

    /** A temporary failure of the service, or a limit that is reached at the moment. */
    public static ProblemException unavailable(
            ProblemType type, String detail, Duration retryAfter, @Nullable Throwable cause) {
        return new ProblemException(type, detail, List.of(), retryAfter, cause);
    }

    /** An unexpected failure, with a fixed text that reveals no internals. */
    public static ProblemException unexpected(Throwable cause) {
        return new ProblemException(
                ProblemType.INTERNAL_ERROR,
                "The request failed because of an unexpected error. Include the trace id when you report it.",
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

    /** How long the client should wait before it tries again; null when trying again would not help. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /**
     * An error in one part of a request.
     *
     * @param field a path such as {@code camera.position.x} or {@code regions[1]}, or the name of a header or a query
     *     parameter
     * @param message which value is expected, in words
     */
    public record FieldError(String field, String message) {}
}
