package io.renderfleet.jobtype.inference.keys;

import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.success;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.DomainLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The rates of a domain, at a provider that counts every window of a minute or a second. */
class RateBudgetTests {
    private static final DomainName D1 = new DomainName("d1");
    private static final int MOST_STEPS = 100_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Property(tries = 60)
    void neverExceedsTheCallsOfAnyMinuteAndUsesMostOfThem(@ForAll @IntRange(min = 1, max = 3000) int rpm) {
        var tester = tester(new DomainLimits((long) rpm, null, null, 1));
        List<Instant> calls = callsOf(tester, Duration.ofMinutes(3), CallNeed.ofTokens(0));
        assertThat(mostInAWindow(calls, MINUTE)).isLessThanOrEqualTo(rpm);
        assertThat(calls.size()).isGreaterThanOrEqualTo((int) (3 * rpm * 0.98) - 1);
    }

    @Property(tries = 40)
    void neverExceedsTheCallsOfAnySecond(@ForAll @IntRange(min = 1, max = 300) int rps) {
        var tester = tester(new DomainLimits(null, null, (long) rps, 1));
        List<Instant> calls = callsOf(tester, Duration.ofSeconds(10), CallNeed.ofTokens(0));
        assertThat(mostInAWindow(calls, Duration.ofSeconds(1))).isLessThanOrEqualTo(rps);
        assertThat(calls.size()).isGreaterThanOrEqualTo((int) (10 * rps * 0.95) - 1);
    }

    @Property(tries = 60)
    void neverExceedsTheTokensOfAnyMinute(@ForAll @IntRange(min = 1, max = 5_000) int tokens) {
        int tpm = 10_000;
        var tester = tester(new DomainLimits(null, (long) tpm, null, 1));
        List<Instant> calls = new ArrayList<>();
        drive(tester, Duration.ofMinutes(3), CallNeed.ofTokens(tokens), permit -> {
            permit.end(new CallOutcome.Succeeded(tokens, Duration.ZERO));
            calls.add(tester.clock.instant());
        });
        assertThat(mostInAWindow(calls, MINUTE) * (long) tokens).isLessThanOrEqualTo(tpm);
        assertThat(calls).hasSizeGreaterThanOrEqualTo(Math.max(2, (int) (3 * tpm * 0.48 / tokens) - 1));
    }

    @Test
    void usesItsShareOfTheRatesByPermits() {
        var tester = tester(new DomainLimits(1200L, null, null, 20));
        tester.pool.permits(D1, 5);
        List<Instant> calls = callsOf(tester, Duration.ofMinutes(2), CallNeed.ofTokens(0));
        assertThat(mostInAWindow(calls, MINUTE)).isBetween(290, 300);
        tester.pool.permits(D1, 20);
        calls = callsOf(tester, Duration.ofMinutes(2), CallNeed.ofTokens(0));
        assertThat(mostInAWindow(calls, MINUTE)).isBetween(1170, 1200);
    }

    @Test
    void permitsThatComeAndGoGiveNoAdditionalCalls() {
        var tester = tester(new DomainLimits(6000L, null, null, 20));
        tester.takeAll(KeyPoolTester.ANY, permit -> permit.end(success()));
        for (int i = 0; i < 10; i++) {
            tester.pool.permits(D1, 1);
            tester.pool.permits(D1, 0);
            tester.pool.permits(D1, 20);
        }
        assertThat(tester.pool.acquire(KeyPoolTester.ANY)).isInstanceOf(Choice.NoCapacity.class);
    }

    @Test
    void aShareThatIsTakenAnewStartsWithOneCallBecauseOthersMayHaveUsedTheRest() {
        var tester = tester(new DomainLimits(1200L, null, null, 20));
        tester.pool.allow(D1, Allowance.NONE);
        tester.advance(Duration.ofMinutes(1));
        tester.pool.allow(D1, new Allowance(20, 0.25, Instant.MAX));
        assertThat(tester.takeAll(KeyPoolTester.ANY, permit -> permit.end(success())))
                .hasSize(1);
    }

    @Test
    void callsAtTheSameTimeReserveTheirTokens() {
        var tester = tester(new DomainLimits(null, 10_000L, null, 100));
        assertThat(tester.takeAll(CallNeed.ofTokens(1000)))
                .describedAs("as many as the bucket holds, though none has used any")
                .hasSize(1);
    }

    @Test
    void tokensThatWereNotUsedAreReturnedAndTokensThatWereUsedInAdditionAreCharged() {
        var tester = tester(new DomainLimits(null, 60_000L, null, 100));
        Permit first = tester.take(CallNeed.ofTokens(2000));
        assertThat(tester.pool.acquire(CallNeed.ofTokens(2000))).isInstanceOf(Choice.NoCapacity.class);
        first.end(new CallOutcome.Succeeded(0, Duration.ZERO));
        Permit second = tester.take(CallNeed.ofTokens(2000));
        second.end(new CallOutcome.Succeeded(10_000, Duration.ZERO));
        // 8,000 in debt, and 2,000 are needed, at 58,001 a minute.
        assertThat(Duration.between(tester.clock.instant(), tester.noCapacityUntil(CallNeed.ofTokens(2000))))
                .isBetween(Duration.ofMillis(10_340), Duration.ofMillis(10_350));
    }

    @Test
    void aProviderThatClaimsAnAbsurdUsageDelaysItsDomainForAboutAMinute() {
        var tester = tester(new DomainLimits(null, 60_000L, null, 100));
        tester.take(CallNeed.ofTokens(1)).end(new CallOutcome.Succeeded(Long.MAX_VALUE, Duration.ZERO));
        assertThat(Duration.between(tester.clock.instant(), tester.noCapacityUntil(CallNeed.ofTokens(1))))
                .isBetween(Duration.ofSeconds(55), Duration.ofSeconds(65));
    }

    @Test
    void aCallLargerThanTheLimitIsPossibleOnce() {
        var tester = tester(new DomainLimits(null, 1000L, null, 100));
        tester.take(CallNeed.ofTokens(Long.MAX_VALUE)).end(new CallOutcome.Refused());
        assertThat(tester.pool.acquire(CallNeed.ofTokens(1))).isInstanceOf(Choice.NoCapacity.class);
    }

    @Property(tries = 200)
    void capacityIsThereWhenItWasPromisedAndNotBefore(
            @ForAll @IntRange(min = 1, max = 600) int rpm,
            @ForAll @IntRange(min = 100, max = 100_000) int tpm,
            @ForAll @IntRange(min = 1, max = 2000) int tokens,
            @ForAll long seed) {
        var tester = tester(new DomainLimits((long) rpm, (long) tpm, null, 10));
        var random = new Random(seed);
        tester.pool.permits(D1, 1 + random.nextInt(10));
        if (random.nextBoolean()) {
            tester.end(new CallOutcome.RateLimited(Duration.ofSeconds(random.nextInt(20)), false));
        }
        var need = CallNeed.ofTokens(tokens);
        for (int i = 0; i < 20; i++) {
            if (tester.pool.acquire(need) instanceof Choice.Taken(Permit permit)) {
                permit.end(new CallOutcome.Succeeded(random.nextInt(2 * tokens), Duration.ZERO));
                continue;
            }
            Instant until = tester.noCapacityUntil(need);
            Duration early = Duration.between(tester.clock.instant(), until).minusMillis(1);
            // No call is in progress, so that the time is exact, to the millisecond.
            tester.advance(Duration.ofNanos((long) (early.toNanos() * random.nextDouble())));
            assertThat(tester.noCapacityUntil(need)).isEqualTo(until);
            tester.advanceTo(until);
            assertThat(tester.pool.acquire(need))
                    .isInstanceOfSatisfying(
                            Choice.Taken.class, taken -> taken.permit().end(success()));
        }
    }

    private static KeyPoolTester tester(DomainLimits limits) {
        return KeyPoolTester.of(Strategy.LEAST_LOADED, limits, "a@d1", "b@d1");
    }

    private static List<Instant> callsOf(KeyPoolTester tester, Duration length, CallNeed need) {
        List<Instant> calls = new ArrayList<>();
        drive(tester, length, need, permit -> {
            permit.end(success());
            calls.add(tester.clock.instant());
        });
        return calls;
    }

    /** Makes as many calls as the pool allows, each as soon as it does. */
    private static void drive(KeyPoolTester tester, Duration length, CallNeed need, Consumer<Permit> call) {
        Instant end = tester.clock.instant().plus(length);
        for (int steps = 0; tester.clock.instant().isBefore(end); steps++) {
            assertThat(steps).describedAs("nothing limits the calls").isLessThan(MOST_STEPS);
            switch (tester.pool.acquire(need)) {
                case Choice.Taken(Permit permit) -> call.accept(permit);
                case Choice.NoCapacity(Instant until) -> tester.advanceTo(until);
                case Choice.NoKey() -> throw new AssertionError("no key");
            }
        }
    }

    private static int mostInAWindow(List<Instant> calls, Duration window) {
        Deque<Instant> recent = new ArrayDeque<>();
        int most = 0;
        for (Instant call : calls) {
            recent.addLast(call);
            while (!recent.getFirst().plus(window).isAfter(call)) {
                recent.removeFirst();
            }
            most = Math.max(most, recent.size());
        }
        return most;
    }
}
