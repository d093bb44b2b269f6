package io.renderfleet.telemetry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether the background loops of a service still turn. Each loop reports the beginning of each turn with the longest time
 * until the next report. A loop that hangs or has died does not report in time: it is overdue, the liveness of the service
 * is DOWN, and whoever runs the service restarts it.
 *
 * <p>Thread-safe.
 */
public final class LoopHealth {
    private final Clock clock;
    private final Map<String, Instant> deadlines = new ConcurrentHashMap<>();

    public LoopHealth(Clock clock) {
        this.clock = clock;
    }

    /**
     * Reports that a turn begins.
     *
     * @param loop the loop's name, of its own in this service
     * @param longest until the next report at most; generous, since exceeding it restarts the service
     */
    public void turn(String loop, Duration longest) {
        deadlines.put(loop, clock.instant().plus(longest));
    }

    /** Reports that the loop has ended as it should. */
    public void ended(String loop) {
        deadlines.remove(loop);
    }

    /** When each running loop must report next, by its name. */
    public SortedMap<String, Instant> deadlines() {
        return new TreeMap<>(deadlines);
    }

    /** The loops that did not report in time, with the time when they should have. */
    public SortedMap<String, Instant> overdue() {
        Instant now = clock.instant();
        SortedMap<String, Instant> overdue = deadlines();
        overdue.values().removeIf(deadline -> !deadline.isBefore(now));
        return overdue;
    }
}
