package io.renderfleet.jobtype;

import java.time.Instant;

/**
 * There is no capacity for the job before some time. The job is sent again then, at no charge; until then it counts
 * neither as running nor as a backlog that more workers could work off.
 */
public final class DeferredException extends RuntimeException {
    private final transient Instant until;

    public DeferredException(String message, Instant until) {
        super(message);
        this.until = until;
    }

    public Instant until() {
        return until;
    }
}
