package io.renderfleet.queue;

import java.util.concurrent.TimeoutException;

/**
 * A call to a queue failed as a whole: SQS did not respond or returned an error, or the caller was interrupted. SQS may
 * have executed the call nevertheless.
 */
public final class QueueUnavailableException extends RuntimeException {
    public QueueUnavailableException(String queue, Throwable cause) {
        super("Queue " + queue + " is not available: " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        return switch (cause) {
            case InterruptedException _ -> "the call was interrupted before SQS responded";
            case TimeoutException _ -> "SQS did not respond in time";
            default -> String.valueOf(cause.getMessage());
        };
    }
}
