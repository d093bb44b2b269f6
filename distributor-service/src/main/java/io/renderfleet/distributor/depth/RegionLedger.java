package io.renderfleet.distributor.depth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One region's account. Its depth is what SQS said last, plus all that this distributor has sent since that reading
 * began, plus what it has set aside and not sent yet.
 *
 * <p>A message sent while a reading is under way may be in its answer too. It is counted twice then, until the next
 * reading: too high an estimate costs a little balance, too low a one would overfill a region.
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

    /** @param failuresTolerated this many readings that fail in a row make the depth unknown */
    RegionLedger(int failuresTolerated) {
        this.failuresTolerated = failuresTolerated;
    }

    /** A reading begins now. */
    synchronized Reading begin(Instant now) {
        return new Reading(sent, now);
    }

    /** A reading's answer; one that began before the last one applied is dropped. */
    synchronized void apply(Reading reading, long depth) {
        if (measuredAt == null || !reading.startedAt.isBefore(measuredAt)) {
            measured = depth;
            measuredAt = reading.startedAt;
            sentBeforeReading = reading.sentBefore;
            failures = 0;
        }
    }

    /** A reading brought no answer in time. */
    synchronized void failed() {
        failures++;
    }

    synchronized void reserve(long jobs) {
        reserved += jobs;
    }

    /** What was set aside has been sent. */
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

    /** What must be known of the moment a reading began, to correct its answer later. */
    static final class Reading {
        private final long sentBefore;
        private final Instant startedAt;

        private Reading(long sentBefore, Instant startedAt) {
            this.sentBefore = sentBefore;
            this.startedAt = startedAt;
        }
    }
}
