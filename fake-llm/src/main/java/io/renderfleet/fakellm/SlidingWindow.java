package io.renderfleet.fakellm;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Sums amounts over the time that has just passed, exactly. It keeps only what is needed to say whether the limit is
 * reached: at most as many entries as the limit, because every amount is at least 1. Not thread-safe.
 */
final class SlidingWindow {
    private final long limit;
    private final long nanos;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long sum;

    private record Entry(long time, long amount) {}

    /**
     * @param limit the largest sum; 0 for no limit
     * @param nanos the length of the window
     */
    SlidingWindow(long limit, long nanos) {
        this.limit = limit;
        this.nanos = nanos;
    }

    /** Whether the limit would still be kept with this amount. */
    boolean fits(long now, long amount) {
        expire(now);
        return limit == 0 || sum + amount <= limit;
    }

    void add(long now, long amount) {
        if (limit == 0) {
            return;
        }
        expire(now);
        entries.addLast(new Entry(now, amount));
        sum += amount;
        while (sum - entries.getFirst().amount() >= limit) {
            sum -= entries.removeFirst().amount();
        }
    }

    /** The nanoseconds until the amount fits, if nothing else is added; 0 if it fits now or never. */
    long untilFits(long now, long amount) {
        if (fits(now, amount) || amount > limit) {
            return 0;
        }
        long rest = sum;
        for (Entry entry : entries) {
            rest -= entry.amount();
            if (rest + amount <= limit) {
                return entry.time() + nanos - now;
            }
        }
        return 0;
    }

    long limit() {
        return limit;
    }

    /** At least the sum of the window up to the limit. */
    long used(long now) {
        expire(now);
        return Math.min(sum, limit);
    }

    private void expire(long now) {
        while (!entries.isEmpty() && now - entries.getFirst().time() >= nanos) {
            sum -= entries.removeFirst().amount();
        }
    }
}
