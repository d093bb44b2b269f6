package io.renderfleet.cli;

/** There is no token. The message says why, and what to do. */
final class LoginException extends RuntimeException {
    private final int exitCode;

    /** @param exitCode {@link ExitCode#REFUSED}, or {@link ExitCode#NOT_REACHABLE} if the issuer did not respond */
    LoginException(String message, int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
