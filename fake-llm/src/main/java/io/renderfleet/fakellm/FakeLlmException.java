package io.renderfleet.fakellm;

/** The server cannot start. The message says why and what to do. */
public final class FakeLlmException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FakeLlmException(String message, Throwable cause) {
        super(message, cause);
    }
}
