package io.renderfleet.jobtype;

/** The work stopped because it was told to. */
public final class StoppedException extends RuntimeException {
    public StoppedException() {
        super("stopped");
    }
}
