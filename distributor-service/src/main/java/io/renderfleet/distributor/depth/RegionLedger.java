package io.renderfleet.distributor.depth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The estimated depth of one region: the last reading, plus the messages that this distributor sent since that reading
 * started, plus the reserved jobs that are not sent yet.
 *
 * <p>A message that is sent during a reading may already be in its result. It is then counted twice until the next
 * reading. An estimate that is too high only makes the balance slightly worse; one that is too low would overfill the
 * region.
 *
 * <p>Thread-safe.
 */
final class RegionLedger {
    private final int failuresTolerated;

    private long measured;
    private @Nullable Instant measuredAt;
    private int failures;
    private long sent;
    private long sentBeforeReading;
    private long reserved;

    /** @param failuresTolerated the number of failed readings in a row after which the depth is unknown */
    RegionLedger(int failuresTolerated) {
        this.failuresTolerated = failuresTolerated;
    }

    /** Starts a reading. */
    synchronized Reading begin(Instant now) {
        return new Reading(sent, now);
    }

    /** Applies the result of a reading, unless a reading that started later was already applied. */
    synchronized void apply(Reading reading, long depth) {
        if (measuredAt == null || !reading.startedAt.isBefore(measuredAt)) {
            measured = depth;
            measuredAt = reading.startedAt;
            sentBeforeReading = reading.sentBefore;
            failures = 0;
        }
    }

    /** Records that a reading failed or timed out. */
    synchronized void failed() {
        failures++;
    }

    synchronized void reserve(long jobs) {
        reserved += jobs;
    }

    /** Records jobs that were sent, some of which were reserved. */
    synchronized void sent(long ofReserved, long jobs) {
        reserved -= ofReserved;
        sent += jobs;
    }

    synchronized void cancel(long jobs) {
        reserved -= jobs;
    }

    synchronized Depth depth() {
        boolean known = measuredAt != null && failures < failuresTolerated;
        return new Depth(measured + (sent - sentBeforeReading) + reserved, known, measuredAt);
    }

    /** The state at the start of a reading, by which its result is corrected. */
    static final class Reading {
        private final long sentBefore;
        private final Instant startedAt;

        private Reading(long sentBefore, Instant startedAt) {
            this.sentBefore = sentBefore;
            this.startedAt = startedAt;
        }
    }
}
