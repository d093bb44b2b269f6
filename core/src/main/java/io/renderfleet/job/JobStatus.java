package io.renderfleet.job;

import java.util.EnumSet;
import java.util.Set;

/** The status of a job, with the legal changes of status, which the store enforces. */
public enum JobStatus {
    /** The job waits to be routed or to be claimed by a worker. */
    PENDING,
    /** A worker has the job's lease. */
    PROCESSING,
    COMPLETED,
    FAILED,
    CANCELLED;

    /** Whether the change from this status to the other one is legal. */
    public boolean canBecome(JobStatus next) {
        return nextOnes().contains(next);
    }

    /** Whether the job is over. A retry can make a FAILED or CANCELLED job PENDING again. */
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
