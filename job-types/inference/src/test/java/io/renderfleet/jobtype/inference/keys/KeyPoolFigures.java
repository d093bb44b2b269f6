package io.renderfleet.jobtype.inference.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.DomainLimits;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Measures and prints how long it takes to choose a key and to account for its call, with 16 threads and 12 keys in 6
 * domains with all limits. Not part of the build, since time depends on the machine: {@code make bench-keys}.
 */
class KeyPoolFigures {
    private static final int THREADS = 16;
    private static final int WARM_UP = 20_000;
    private static final int CALLS = 50_000;
    private static final int PACED_CALLS = 2_000;
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final Duration LATENCY = Duration.ofMillis(400);

    @Test
    void measures() throws Exception {
        for (Strategy strategy : Strategy.values()) {
            measure(strategy, WARM_UP, Duration.ZERO);
            print(strategy + ", without pauses", measure(strategy, CALLS, Duration.ZERO));
            long[] paced = measure(strategy, PACED_CALLS, PAUSE);
            print(strategy + ", pauses of 1 ms", paced);
            assertThat(percentile(paced, 0.5)).isLessThan(Duration.ofMillis(1).toNanos());
        }
    }

    /** Returns the sorted times of all calls, in nanoseconds, each of {@code acquire} and {@code end} together. */
    private static long[] measure(Strategy strategy, int calls, Duration pause) throws Exception {
        String[] keys = new String[12];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = "k" + i + "@d" + i / 2;
        }
        var limits = new DomainLimits(10_000_000L, 10_000_000_000L, 1_000_000L, 100);
        var pool = new KeyPool(KeyPoolTester.settings(strategy, limits, keys), Clock.systemUTC(), new Random(1));
        var need = CallNeed.ofTokens(1500);
        var outcome = new CallOutcome.Succeeded(1200, LATENCY);
        Callable<long[]> caller = () -> {
            long[] times = new long[calls];
            for (int i = 0; i < calls; i++) {
                long began = System.nanoTime();
                Choice choice = pool.acquire(need);
                long chosen = System.nanoTime();
                if (!pause.isZero()) {
                    LockSupport.parkNanos(pause.toNanos());
                }
                long ending = System.nanoTime();
                if (choice instanceof Choice.Taken(Permit permit)) {
                    permit.end(outcome);
                }
                times[i] = chosen - began + System.nanoTime() - ending;
            }
            return times;
        };
        long[] all = new long[THREADS * calls];
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<long[]>> callers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                callers.add(caller);
            }
            int filled = 0;
            for (var done : threads.invokeAll(callers, 5, TimeUnit.MINUTES)) {
                System.arraycopy(done.get(), 0, all, filled, calls);
                filled += calls;
            }
        }
        assertThat(pool.keys()).allMatch(key -> key.inUse() == 0);
        Arrays.sort(all);
        return all;
    }

    private static void print(String what, long[] times) {
        System.out.printf(
                "%-32s p50 %,8.1f µs   p99 %,8.1f µs   p99.9 %,10.1f µs%n",
                what, percentile(times, 0.5) / 1e3, percentile(times, 0.99) / 1e3, percentile(times, 0.999) / 1e3);
    }

    private static long percentile(long[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))];
    }
}
