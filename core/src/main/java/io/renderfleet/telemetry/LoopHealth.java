package io.renderfleet.telemetry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Monitors the background loops of a service. Each loop reports the start of each iteration, with the longest time
 * until its next report. A loop that does not report in time is overdue: it hangs or has ended. The liveness of the
 * service is then DOWN, and the platform restarts the service.
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
     * Reports that an iteration starts.
     *
     * @param loop the loop's name, unique in this service
     * @param longest the longest time until the next report; choose it generously, because exceeding it restarts the
     *     service
     */
    public void turn(String loop, Duration longest) {
        deadlines.put(loop, clock.instant().plus(longest));
    }

    /** Reports that the loop has ended normally. */
    public void ended(String loop) {
        deadlines.remove(loop);
    }

    /** The time by which each running loop must report next, by the loop's name. */
    public SortedMap<String, Instant> deadlines() {
        return new TreeMap<>(deadlines);
    }

    /** The loops that did not report in time, with the time by which they should have. */
    public SortedMap<String, Instant> overdue() {
        Instant now = clock.instant();
        SortedMap<String, Instant> overdue = deadlines();
        overdue.values().removeIf(deadline -> !deadline.isBefore(now));
        return overdue;
    }
}
