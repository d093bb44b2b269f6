package io.renderfleet.job;

/** How urgent a job is beside the others. */
public enum Priority {
    HIGH,
    NORMAL,
    LOW
}
