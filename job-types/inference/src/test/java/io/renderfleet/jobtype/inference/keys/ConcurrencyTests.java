package io.renderfleet.jobtype.inference.keys;

import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.ANY;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.DomainLimits;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ConcurrencyTests {
    private static final DomainName D1 = new DomainName("d1");
    private static final int THREADS = 16;
    private static final int CALLS = 2000;

    @Property(tries = 200)
    void callsInProgressNeverExceedThePermitsAndAllReturn(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int concurrency) {
        var limits = new DomainLimits(null, null, null, concurrency);
        var tester = KeyPoolTester.withJitter(seed, limits, "a@d1", "b@d1", "c@d2");
        var random = new Random(seed);
        List<Permit> open = new ArrayList<>();
        int permits = concurrency;
        for (int i = 0; i < 200; i++) {
            int before = tester.pool.inUse(D1);
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    if (tester.pool.acquire(ANY) instanceof Choice.Taken(Permit permit)) {
                        open.add(permit);
                    }
                }
                case 3 -> {
                    if (!open.isEmpty()) {
                        open.remove(random.nextInt(open.size())).end(anyOutcome(random));
                    }
                }
                case 4 -> {
                    permits = random.nextInt(concurrency + 1);
                    tester.pool.permits(D1, permits);
                }
                default -> tester.advance(Duration.ofMillis(random.nextInt(20_000)));
            }
            int inUse = tester.pool.inUse(D1);
            assertThat(inUse).isLessThanOrEqualTo(Math.max(permits, before));
            assertThat(inUse).isEqualTo((int)
                    open.stream().filter(permit -> permit.domain().equals(D1)).count());
        }
        open.forEach(permit -> permit.end(anyOutcome(random)));
        assertThat(tester.pool.inUse(D1)).isZero();
        assertThat(tester.pool.keys()).allMatch(key -> key.inUse() == 0);
    }

    private static CallOutcome anyOutcome(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> new CallOutcome.RateLimited(null, random.nextBoolean());
            case 1 -> new CallOutcome.EndpointFailed();
            case 2 -> new CallOutcome.QuotaExhausted();
            case 3 -> new CallOutcome.Unauthorized();
            case 4 -> new CallOutcome.Refused();
            case 5 -> new CallOutcome.Abandoned();
            default -> new CallOutcome.Succeeded(random.nextInt(100), Duration.ofMillis(random.nextInt(1000)));
        };
    }

    @Test
    void sixteenThreadsKeepTheCountsExact() throws Exception {
        int limit = 5;
        var settings = KeyPoolTester.settings(
                Strategy.LEAST_LOADED, KeyPoolTester.concurrency(limit), "a@d1", "b@d1", "c@d2", "d@d2");
        var pool = new KeyPool(settings, Clock.systemUTC(), new Random(1));
        Map<DomainName, AtomicInteger> inProgress = new ConcurrentHashMap<>();
        var most = new AtomicInteger();
        var made = new AtomicLong();
        Callable<Void> caller = () -> {
            for (int i = 0; i < CALLS; i++) {
                if (pool.acquire(ANY) instanceof Choice.Taken(Permit permit)) {
                    AtomicInteger own = inProgress.computeIfAbsent(permit.domain(), _ -> new AtomicInteger());
                    int now = own.incrementAndGet();
                    most.accumulateAndGet(now, Math::max);
                    made.incrementAndGet();
                    Thread.onSpinWait();
                    own.decrementAndGet();
                    permit.end(new CallOutcome.Succeeded(1, Duration.ofMillis(1)));
                    permit.end(new CallOutcome.Abandoned());
                }
            }
            return null;
        };
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Void>> callers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                callers.add(caller);
            }
            for (var done : threads.invokeAll(callers, 60, TimeUnit.SECONDS)) {
                done.get();
            }
        }
        assertThat(most.get()).isBetween(1, limit);
        assertThat(pool.keys().stream().mapToLong(KeyView::calls).sum()).isEqualTo(made.get());
        assertThat(pool.keys()).allMatch(key -> key.inUse() == 0);
        assertThat(pool.inUse(D1)).isZero();
    }
}
