package io.renderfleet.queue;

import java.util.concurrent.TimeoutException;

/** A queue could not be reached, or refused all of a request; nothing is known to have been done. */
public final class QueueUnavailableException extends RuntimeException {
    public QueueUnavailableException(String queue, Throwable cause) {
        super("queue " + queue + " is not available: " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        return switch (cause) {
            case InterruptedException _ -> "the call was stopped before SQS answered";
            case TimeoutException _ -> "SQS did not answer in time";
            default -> String.valueOf(cause.getMessage());
        };
    }
}
