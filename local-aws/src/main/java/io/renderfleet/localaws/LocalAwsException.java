package io.renderfleet.localaws;

import java.io.Serial;

/** Local AWS could not start or stop; the message names the server and what to do. */
public final class LocalAwsException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    LocalAwsException(String message) {
        super(message);
    }

    LocalAwsException(String message, Throwable cause) {
        super(message, cause);
    }
}
