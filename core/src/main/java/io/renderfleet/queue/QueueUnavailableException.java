package io.renderfleet.queue;

/** A queue could not be reached, or refused all of a request; nothing is known to have been done. */
public final class QueueUnavailableException extends RuntimeException {
    public QueueUnavailableException(String queue, Throwable cause) {
        super("queue " + queue + " is not available: " + cause.getMessage(), cause);
    }
}
