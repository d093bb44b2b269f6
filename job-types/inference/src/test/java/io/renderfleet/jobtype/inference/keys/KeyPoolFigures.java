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
 * Measures and prints how long it takes to choose a key and to account for its call, with 16 virtual threads, as in a
 * worker, and 12 keys in 6 domains with all limits. Not part of the build, since time depends on the machine:
 * {@code make bench-keys}.
 *
 * <p>The figure with a goal is that of 5,000 calls a second in all, 50 times what is asked of a deployment. Threads that
 * choose without a pause are saturated: their times are mostly those of the others, and of the scheduler if there are more
 * threads than processors. Their median is printed too.
 */
class KeyPoolFigures {
    private static final int THREADS = 16;
    private static final int WARM_UP = 20_000;
    private static final int CALLS = 50_000;
    private static final int PACED_CALLS = 2_000;
    private static final Duration PAUSE = Duration.ofNanos(3_200_000); // 16 threads make 5,000 calls a second.
    private static final Duration LATENCY = Duration.ofMillis(400);

    @Test
    void measures() throws Exception {
        for (Strategy strategy : Strategy.values()) {
            measure(strategy, WARM_UP, Duration.ZERO, true);
            print(strategy + ", saturated", measure(strategy, CALLS, Duration.ZERO, true));
            long[] times = measure(strategy, PACED_CALLS, PAUSE, true);
            print(strategy + ", 5,000 calls/s", times);
            assertThat(percentile(times, 0.99)).isLessThan(TimeUnit.MICROSECONDS.toNanos(20));
        }
        // What the pauses alone cost: threads are woken in the middle of each other's work.
        print("a pool for each thread", measure(Strategy.LEAST_LOADED, PACED_CALLS, PAUSE, false));
    }

    /** Returns the sorted times of all calls, in nanoseconds, each of {@code acquire} and {@code end} together. */
    private static long[] measure(Strategy strategy, int calls, Duration pause, boolean shared) throws Exception {
        String[] keys = new String[12];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = "k" + i + "@d" + i / 2;
        }
        var limits = new DomainLimits(10_000_000L, 10_000_000_000L, 1_000_000L, 100);
        List<KeyPool> pools = new ArrayList<>();
        for (int i = 0; i < (shared ? 1 : THREADS); i++) {
            pools.add(new KeyPool(KeyPoolTester.settings(strategy, limits, keys), Clock.systemUTC(), new Random(1)));
        }
        List<Callable<long[]>> callers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            KeyPool pool = pools.get(i % pools.size());
            callers.add(() -> call(pool, calls, pause));
        }
        long[] all = new long[THREADS * calls];
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int filled = 0;
            for (var done : threads.invokeAll(callers, 5, TimeUnit.MINUTES)) {
                System.arraycopy(done.get(), 0, all, filled, calls);
                filled += calls;
            }
        }
        Arrays.sort(all);
        return all;
    }

    private static long[] call(KeyPool pool, int calls, Duration pause) {
        var need = CallNeed.ofTokens(100);
        var outcome = new CallOutcome.Succeeded(90, LATENCY);
        long[] times = new long[calls];
        for (int i = 0; i < calls; i++) {
            long began = System.nanoTime();
            Choice choice = pool.acquire(need);
            long chosen = System.nanoTime();
            Permit permit = ((Choice.Taken) choice).permit();
            if (!pause.isZero()) {
                LockSupport.parkNanos(pause.toNanos());
            }
            long ending = System.nanoTime();
            permit.end(outcome);
            times[i] = chosen - began + System.nanoTime() - ending;
        }
        return times;
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
