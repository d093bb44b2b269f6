package io.renderfleet.job;

/** The priority of a job, which chooses its lane. */
public enum Priority {
    HIGH,
    NORMAL,
    LOW
}
