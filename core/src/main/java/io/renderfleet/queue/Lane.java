package io.renderfleet.queue;

import io.renderfleet.job.Job;
import io.renderfleet.job.OrderingKey;
import io.renderfleet.job.Priority;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A class of service, which has its own master and regional queues. */
public enum Lane {
    HIGH,
    NORMAL,
    LOW,
    /** A FIFO lane: the jobs of one ordering key start in the order in which they were accepted, one at a time. */
    ORDERED;

    /**
     * The lane of a job. A job with an ordering key is always in {@link #ORDERED}, whatever its priority: there is no
     * order between two lanes.
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
