package io.renderfleet.start;

import java.io.Serial;

/** A service must not begin; the message is one line for whoever deployed it, and says what to do. */
public final class CannotStartException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public CannotStartException(String message) {
        super(message);
    }
}
