package io.renderfleet.queue;

import java.util.Locale;

/** A class of service with queues of its own on every hop. Only {@link #NORMAL} carries traffic today. */
public enum Lane {
    HIGH,
    NORMAL,
    LOW,
    /** FIFO: the jobs of one ordering key start in the order they were accepted, one at a time. */
    ORDERED;

    public boolean isFifo() {
        return this == ORDERED;
    }

    String queueName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
