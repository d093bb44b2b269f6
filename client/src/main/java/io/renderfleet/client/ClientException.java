package io.renderfleet.client;

/** A call of {@link RenderfleetClient} failed. The message has the reason and what to do. */
public sealed class ClientException extends RuntimeException
        permits ProblemException, NoAnswerException, JobTimeoutException, TokenException {
    ClientException(String message) {
        super(message);
    }

    ClientException(String message, Throwable cause) {
        super(message, cause);
    }
}
