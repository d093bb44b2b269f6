package io.renderfleet.jobtype.render.design;

/** The bytes of a design are not in the store any more, or not the ones that were stored. No retry brings them back. */
public final class DesignGoneException extends RuntimeException {
    public DesignGoneException(String message) {
        super(message);
    }
}
