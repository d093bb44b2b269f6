package io.renderfleet.chaos;

/** The chaos test could not be carried out and has no result; the message says why and what to do. */
final class ChaosException extends RuntimeException {
    ChaosException(String message) {
        super(message);
    }

    ChaosException(String message, Throwable cause) {
        super(message, cause);
    }
}
