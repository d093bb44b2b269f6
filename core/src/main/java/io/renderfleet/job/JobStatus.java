package io.renderfleet.job;

import java.util.EnumSet;
import java.util.Set;

/** What a user sees of a job's state, and the only moves between states that the store will write. */
public enum JobStatus {
    /** Stored, and waiting for a region or for a worker. */
    PENDING,
    /** A worker holds its lease. */
    PROCESSING,
    COMPLETED,
    FAILED,
    CANCELLED;

    /** Whether a job may go from this status to the other one. */
    public boolean canBecome(JobStatus next) {
        return nextOnes().contains(next);
    }

    /** Whether no worker will touch the job again unless somebody retries it. */
    public boolean isTerminal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }

    private Set<JobStatus> nextOnes() {
        return switch (this) {
            case PENDING -> EnumSet.of(PROCESSING, CANCELLED, FAILED);
            case PROCESSING -> EnumSet.of(PENDING, PROCESSING, COMPLETED, FAILED, CANCELLED);
            case FAILED, CANCELLED -> EnumSet.of(PENDING);
            case COMPLETED -> EnumSet.noneOf(JobStatus.class);
        };
    }
}
