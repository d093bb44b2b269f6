package io.renderfleet.cli;

/** What the user named does not exist at the service. The message says what to do. */
final class NotFoundException extends RuntimeException {
    NotFoundException(String message) {
        super(message);
    }
}
