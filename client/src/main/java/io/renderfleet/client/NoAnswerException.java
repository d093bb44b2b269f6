package io.renderfleet.client;

/**
 * The API could not be reached, did not respond in time, or sent a body that is not a response of this API. A
 * submission may still have been accepted. To find out, set an idempotency key or a job id and send the same request
 * again.
 */
public final class NoAnswerException extends ClientException {
    NoAnswerException(String message) {
        super(message);
    }

    NoAnswerException(String message, Throwable cause) {
        super(message, cause);
    }
}
