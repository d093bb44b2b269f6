package io.renderfleet.jobtype.inference.keys;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Counts calls of the last 60 seconds, to the second, in constant memory. Guarded by the lock of the pool. */
final class CallWindow {
    private static final int SECONDS = 60;

    private final PoolTime time;
    private final long[] second = new long[SECONDS];
    private final int[] succeeded = new int[SECONDS];
    private final int[] failed = new int[SECONDS];
    private final long[] latencyNanos = new long[SECONDS];

    CallWindow(PoolTime time) {
        this.time = time;
        // No call was counted in any second, whatever the origin of the clock.
        Arrays.fill(second, Long.MIN_VALUE);
    }

    void succeeded(Duration latency) {
        int slot = slot();
        succeeded[slot]++;
        latencyNanos[slot] += latency.toNanos();
    }

    void failed() {
        failed[slot()]++;
    }

    /** The share of failed calls, 0 to 1; 0 if there were none. */
    double failureShare() {
        long all = sum(succeeded) + sum(failed);
        return all == 0 ? 0 : (double) sum(failed) / all;
    }

    @Nullable
    Double successRate() {
        return sum(succeeded) + sum(failed) == 0 ? null : 1 - failureShare();
    }

    @Nullable
    Duration averageLatency() {
        long calls = sum(succeeded);
        if (calls == 0) {
            return null;
        }
        long nanos = 0;
        for (int i = 0; i < SECONDS; i++) {
            nanos += isRecent(i) ? latencyNanos[i] : 0;
        }
        return Duration.ofNanos(nanos / calls);
    }

    private long sum(int[] counts) {
        long sum = 0;
        for (int i = 0; i < SECONDS; i++) {
            sum += isRecent(i) ? counts[i] : 0;
        }
        return sum;
    }

    private boolean isRecent(int slot) {
        return second[slot] > currentSecond() - SECONDS;
    }

    private int slot() {
        long current = currentSecond();
        int slot = Math.floorMod(current, SECONDS);
        if (second[slot] != current) {
            second[slot] = current;
            succeeded[slot] = 0;
            failed[slot] = 0;
            latencyNanos[slot] = 0;
        }
        return slot;
    }

    private long currentSecond() {
        return Math.floorDiv(time.currentTimeNanos(), TimeUnit.SECONDS.toNanos(1));
    }
}
