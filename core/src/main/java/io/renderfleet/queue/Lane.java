package io.renderfleet.queue;

import io.renderfleet.job.Job;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A class of service with queues of its own on every hop. */
public enum Lane {
    HIGH,
    NORMAL,
    LOW,
    /** FIFO: the jobs of one ordering key start in the order they were accepted, one at a time. */
    ORDERED;

    /**
     * The lane of a job. An ordering key goes before a priority: two jobs of one key in two lanes would have no order.
     */
    public static Lane of(Priority priority, @Nullable OrderingKey orderingKey) {
        if (orderingKey != null) {
            return ORDERED;
        }
        return switch (priority) {
            case HIGH -> HIGH;
            case NORMAL -> NORMAL;
            case LOW -> LOW;
        };
    }

    public static Lane of(Job job) {
        return of(job.priority(), job.orderingKey());
    }

    public boolean isFifo() {
        return this == ORDERED;
    }

    String queueName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
