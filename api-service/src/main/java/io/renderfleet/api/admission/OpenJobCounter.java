package io.renderfleet.api.admission;

import java.time.Duration;
import java.time.Instant;

/**
 * How many open jobs a user has at most, as far as one instance can know: the last count, what it accepted since, and
 * what is being accepted now. Finished jobs lower it at the next count only, and a count is due only once the limit
 * comes near: 80 % of it, or, for a user who was never counted, 1 % of it accepted here.
 *
 * <p>Thread-safe; it does no counting of its own.
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
     * @param limit from 1
     * @param apart the shortest time between two counts; a count that takes longer sets its own
     */
    OpenJobCounter(int limit, Duration apart) {
        this.limit = limit;
        this.apart = apart;
    }

    /** Whether there is room for one more, which is then taken until {@link #accepted} or {@link #unused}. */
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

    synchronized void unused() {
        pending--;
    }

    /** Whether to count now. Who is told yes answers with {@link #counted} or {@link #notCounted}, and is alone. */
    synchronized boolean startCount(Instant now) {
        long threshold = everCounted ? limit * 4L / 5 : Math.max(1, limit / 100);
        if (counting || bound() < threshold || now.isBefore(nextCount)) {
            return false;
        }
        counting = true;
        startedAt = now;
        // What is still pending may be stored too late to be seen, and stays.
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
