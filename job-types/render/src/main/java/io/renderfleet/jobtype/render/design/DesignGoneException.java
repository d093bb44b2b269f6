package io.renderfleet.jobtype.render.design;

/** The bytes of a design are no longer in the store, or do not match the digest. A retry does not help. */
public final class DesignGoneException extends RuntimeException {
    public DesignGoneException(String message) {
        super(message);
    }
}
