package io.renderfleet.start;

import java.io.Serial;

/** A service must not start, for a reason that whoever deployed it can remove. */
public final class CannotStartException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final String action;

    /**
     * @param message what is wrong, as a sentence
     * @param action what to do about it, as a sentence
     */
    public CannotStartException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** What to do about it. */
    public String action() {
        return action;
    }
}
