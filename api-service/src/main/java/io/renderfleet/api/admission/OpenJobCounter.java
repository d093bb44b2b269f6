package io.renderfleet.api.admission;

import java.time.Duration;
import java.time.Instant;

/**
 * An upper bound on the open jobs of a user, as far as one instance knows: the last count, plus the jobs that this
 * instance accepted since, plus the jobs that it is accepting now. Finished jobs lower the bound only at the next
 * count. A count is due when the bound reaches 80 % of the limit, or 1 % of it for a user who was never counted.
 *
 * <p>Thread-safe. The caller does the counting.
 */
final class OpenJobCounter {
    private final int limit;
    private final Duration apart;

    private long counted;
    private long accepted;
    private long pending;
    private long acceptedBeforeCount;
    private boolean everCounted;
    private boolean counting;
    private Instant startedAt = Instant.MIN;
    private Instant nextCount = Instant.MIN;

    /**
     * Creates a counter that starts at 0.
     *
     * @param limit the maximum number of open jobs, 1 or more
     * @param apart the minimum time between the end of a count and the next one; after a count that took longer than
     *     this, the time that it took
     */
    OpenJobCounter(int limit, Duration apart) {
        this.limit = limit;
        this.apart = apart;
    }

    /** Takes room for one job until {@link #accepted} or {@link #unused}; false when the limit is reached. */
    synchronized boolean take() {
        if (bound() >= limit) {
            return false;
        }
        pending++;
        return true;
    }

    synchronized void accepted() {
        pending--;
        accepted++;
    }

    /** Counts a job for which no room was taken. */
    synchronized void added() {
        accepted++;
    }

    synchronized void unused() {
        pending--;
    }

    /**
     * Whether to count now. After true, the caller must call {@link #counted} or {@link #notCounted}; until then it is
     * false.
     */
    synchronized boolean startCount(Instant now) {
        long threshold = everCounted ? limit * 4L / 5 : Math.max(1, limit / 100);
        if (counting || bound() < threshold || now.isBefore(nextCount)) {
            return false;
        }
        counting = true;
        startedAt = now;
        // Jobs that are still pending may be stored too late for the count, so they stay in the bound.
        acceptedBeforeCount = accepted;
        return true;
    }

    synchronized void counted(long open, Instant now) {
        counted = open;
        accepted -= acceptedBeforeCount;
        everCounted = true;
        ended(now);
    }

    synchronized void notCounted(Instant now) {
        ended(now);
    }

    synchronized long bound() {
        return counted + accepted + pending;
    }

    private void ended(Instant now) {
        counting = false;
        Duration took = Duration.between(startedAt, now);
        nextCount = now.plus(took.compareTo(apart) > 0 ? took : apart);
    }
}
