package io.renderfleet.jobtype.inference.fleet;

import io.renderfleet.jobtype.inference.keys.Demand;
import java.time.Instant;
import java.util.Arrays;

/** The most permits that a worker needed in the last ten seconds. Not thread-safe. */
final class RecentNeed {
    private static final int SECONDS = 10;

    private final int[] most = new int[SECONDS];
    private final long[] second = new long[SECONDS];
    private Instant lastNeeded = Instant.MIN;

    RecentNeed() {
        Arrays.fill(second, Long.MIN_VALUE);
    }

    void observe(Instant now, Demand demand) {
        long need = (long) demand.most() + demand.refused();
        if (demand.wantsProbe()) {
            need = Math.max(1, need);
        }
        if (need > 0) {
            lastNeeded = now;
        }
        int slot = Math.floorMod(now.getEpochSecond(), SECONDS);
        if (second[slot] != now.getEpochSecond()) {
            second[slot] = now.getEpochSecond();
            most[slot] = 0;
        }
        most[slot] = (int) Math.max(most[slot], Math.min(need, Integer.MAX_VALUE));
    }

    int permits(Instant now) {
        int all = 0;
        for (int i = 0; i < SECONDS; i++) {
            if (second[i] > now.getEpochSecond() - SECONDS && second[i] <= now.getEpochSecond()) {
                all = Math.max(all, most[i]);
            }
        }
        return all;
    }

    Instant lastNeeded() {
        return lastNeeded;
    }
}
