package io.renderfleet.client;

/**
 * The API could not be reached, did not answer in time, or sent something that is not an answer of this API. A
 * submission may still have been accepted: a program that must know gives its requests keys or job ids of its own, and sends
 * the same request again.
 */
public final class NoAnswerException extends ClientException {
    NoAnswerException(String message) {
        super(message);
    }

    NoAnswerException(String message, Throwable cause) {
        super(message, cause);
    }
}
