package io.renderfleet.worker.execution;

/** The work stopped because it was told to. */
public final class StoppedException extends RuntimeException {
    public StoppedException() {
        super("stopped");
    }
}
