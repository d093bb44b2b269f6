package io.renderfleet.jobtype.inference.keys;

import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.ANY;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.concurrency;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.id;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.rateLimited;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.success;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.without;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import io.renderfleet.jobtype.inference.keys.KeyPoolSettings.DomainLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CoolDownTests {
    private static final CallOutcome TOO_QUICKLY = new CallOutcome.RateLimited(null, true);

    @Test
    void lengthFollowsTheFormula() {
        assertThat(CoolDownRule.coolDown(1, 0)).isEqualTo(Duration.ofSeconds(10));
        assertThat(CoolDownRule.coolDown(1, 1)).isEqualTo(Duration.ofSeconds(40));
        assertThat(CoolDownRule.coolDown(2, 0.5)).isEqualTo(Duration.ofSeconds(50));
        assertThat(CoolDownRule.coolDown(4, 0)).isEqualTo(Duration.ofSeconds(80));
        assertThat(CoolDownRule.coolDown(5, 0)).isEqualTo(Duration.ofMinutes(2));
        assertThat(CoolDownRule.coolDown(Integer.MAX_VALUE, 1)).isEqualTo(Duration.ofMinutes(2));
    }

    @Property(tries = 200)
    void jitterOnlyAdds(@ForAll @IntRange(max = 86_400) int seconds, @ForAll long seed) {
        Duration length = Duration.ofSeconds(seconds);
        assertThat(CoolDownRule.withJitter(length, new Random(seed)))
                .isBetween(length, length.plusMillis(Math.min(5000, 100L * seconds)));
    }

    @Test
    void theLaterDeadlineStandsWhenAShortRetryAfterIsFollowedByAPlain429() {
        var tester = KeyPoolTester.of("a@d1");
        Permit first = tester.take();
        Permit second = tester.take();
        first.end(rateLimited(Duration.ofSeconds(1)));
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plusSeconds(10));
        tester.advance(Duration.ofSeconds(2));
        second.end(rateLimited(null));
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plusSeconds(10));
    }

    @Test
    void aShorterCoolDownDoesNotReplaceALongerOne() {
        var tester = KeyPoolTester.of("a@d1");
        Permit first = tester.take();
        Permit second = tester.take();
        first.end(rateLimited(Duration.ofSeconds(90)));
        Instant until = tester.noCapacityUntil();
        assertThat(until).isEqualTo(tester.clock.instant().plusSeconds(90));
        tester.advance(Duration.ofSeconds(1));
        second.end(rateLimited(Duration.ofSeconds(1)));
        assertThat(tester.noCapacityUntil()).isEqualTo(until);
    }

    @Test
    void no429OfADomainIsFollowedByAnotherKeyOfIt() {
        var tester = KeyPoolTester.of("a@d1", "b@d1", "c@d2");
        tester.end(rateLimited(null));
        for (int i = 0; i < 5; i++) {
            assertThat(tester.take().key()).isEqualTo(id("c"));
        }
        assertThat(tester.view("b").state()).isEqualTo(KeyState.COOLING);
        assertThat(tester.view("b").until()).isEqualTo(tester.clock.instant().plusSeconds(10));
    }

    @Test
    void anExcludedDomainIsNotUsedThoughItCouldBe() {
        var tester = KeyPoolTester.of("a@d1", "b@d1");
        tester.end(TOO_QUICKLY);
        assertThat(tester.noCapacityUntil(without(Set.of(), Set.of(new DomainName("d1")))))
                .isEqualTo(tester.clock.instant().plusSeconds(1));
        tester.take();
    }

    @Test
    void oneCallTestsTheDomainAndTheOthersWait() {
        var tester = KeyPoolTester.of("a@d1", "b@d1");
        tester.end(rateLimited(null));
        tester.advance(Duration.ofSeconds(10).minusMillis(1));
        assertThat(tester.pool.acquire(ANY)).isInstanceOf(Choice.NoCapacity.class);
        tester.advance(Duration.ofMillis(1));
        assertThat(tester.view("a").state()).isEqualTo(KeyState.PROBING);
        Permit test = tester.take();
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plusMillis(500));
        test.end(success());
        assertThat(tester.view("a").state()).isEqualTo(KeyState.ACTIVE);
        tester.take();
    }

    @Test
    void aTestThatSaysNothingAboutTheLimitIsRepeated() {
        for (CallOutcome outcome : List.of(
                new CallOutcome.EndpointFailed(),
                new CallOutcome.Refused(),
                new CallOutcome.Abandoned(),
                new CallOutcome.QuotaExhausted(),
                new CallOutcome.Unauthorized())) {
            var tester = KeyPoolTester.of("a@d1", "b@d1");
            tester.end(rateLimited(null));
            tester.advance(Duration.ofSeconds(10));
            tester.end(outcome);
            tester.take();
            assertThat(tester.pool.acquire(ANY)).isInstanceOf(Choice.NoCapacity.class);
        }
    }

    @Test
    void aTestThatDoesNotEndKeepsOthersWaitingForAMinuteOnly() {
        var tester = KeyPoolTester.of("a@d1");
        tester.end(rateLimited(null));
        tester.advance(Duration.ofSeconds(10));
        tester.take();
        tester.advance(Duration.ofSeconds(59));
        assertThat(tester.pool.acquire(ANY)).isInstanceOf(Choice.NoCapacity.class);
        tester.advance(Duration.ofSeconds(1));
        tester.take();
    }

    @Test
    void aFailedTestDoublesTheCoolDown() {
        var tester = KeyPoolTester.of("a@d1");
        tester.end(rateLimited(null));
        // 10 s · 2^(trips−1), times 4 if the refusal before was less than 60 seconds ago, so that all calls since
        // failed.
        for (long seconds : new long[] {10, 20 * 4, 40, 120, 120}) {
            Instant until = tester.noCapacityUntil();
            assertThat(Duration.between(tester.clock.instant(), until)).isEqualTo(Duration.ofSeconds(seconds));
            tester.advanceTo(until);
            tester.end(rateLimited(null));
        }
    }

    @Test
    void callsThatWereInProgressTripADomainOnce() {
        var tester = KeyPoolTester.of("a@d1");
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            permits.add(tester.take());
        }
        permits.forEach(permit -> permit.end(rateLimited(null)));
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plusSeconds(10));
    }

    @Test
    void theSuccessOfAnOlderCallEndsNoCoolDown() {
        var tester = KeyPoolTester.of("a@d1");
        Permit older = tester.take();
        tester.end(rateLimited(null));
        older.end(success());
        assertThat(tester.view("a").state()).isEqualTo(KeyState.COOLING);
    }

    @Test
    void aRecoveredDomainHasAQuarterAndThenHalfOfItsConcurrencyAndRate() {
        var limits = new DomainLimits(6000L, null, null, 40);
        var tester = KeyPoolTester.of(Strategy.LEAST_LOADED, limits, "a@d1");
        tester.end(rateLimited(null));
        tester.advance(Duration.ofSeconds(10));
        tester.end(success());
        assertThat(takeAll(tester, false)).isEqualTo(10);
        assertThat(callsInASecond(tester)).isBetween(24, 26);
        tester.advance(Duration.ofSeconds(14));
        assertThat(takeAll(tester, false)).isEqualTo(20);
        assertThat(callsInASecond(tester)).isBetween(48, 51);
        tester.advance(Duration.ofSeconds(14));
        assertThat(takeAll(tester, false)).isEqualTo(40);
        assertThat(callsInASecond(tester)).isBetween(97, 100);
    }

    @Test
    void aFullRecoveryForgetsTheTripsBefore() {
        var tester = KeyPoolTester.of("a@d1");
        tester.end(rateLimited(null));
        tester.advance(Duration.ofSeconds(10));
        tester.end(rateLimited(null));
        tester.advance(Duration.ofSeconds(80));
        tester.end(success());
        tester.advance(Duration.ofSeconds(90));
        tester.end(rateLimited(null));
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plusSeconds(10));
    }

    @Test
    void aRateThatIncreasedTooQuicklyIsHalvedOnceForAllCallsInProgressAndGrowsBySteps() {
        var tester = KeyPoolTester.of(Strategy.LEAST_LOADED, concurrency(80), "a@d1");
        Permit first = tester.take();
        Permit second = tester.take();
        first.end(TOO_QUICKLY);
        second.end(TOO_QUICKLY);
        assertThat(takeAll(tester, false)).isEqualTo(40);
        tester.advance(Duration.ofSeconds(15));
        assertThat(takeAll(tester, false)).isEqualTo(44);
        tester.advance(Duration.ofSeconds(135));
        assertThat(takeAll(tester, false)).isEqualTo(80);
        assertThat(tester.view("a").state()).isEqualTo(KeyState.ACTIVE);
    }

    @Test
    void aPlain429AfterOneThatOnlyIncreasedTooQuicklyIsTheFirstTrip() {
        var tester = KeyPoolTester.of("a@d1");
        Permit first = tester.take();
        Permit second = tester.take();
        first.end(new CallOutcome.RateLimited(Duration.ofSeconds(2), true));
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plusSeconds(2));
        second.end(rateLimited(null));
        // The failure share is 1 already.
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plusSeconds(40));
    }

    @Test
    void retryAfterIsLimitedToADay() {
        var tester = KeyPoolTester.of("a@d1");
        tester.end(rateLimited(Duration.ofDays(3650)));
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plus(Duration.ofHours(24)));
    }

    @Property(tries = 300)
    void noCoolDownEndsEarlierThanAny429Said(
            @ForAll long seed, @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 200) Integer> retryAfters) {
        var tester = KeyPoolTester.withJitter(seed, concurrency(100), "a@d1", "b@d1");
        var random = new Random(seed);
        List<Permit> permits = retryAfters.stream().map(_ -> tester.take()).toList();
        Instant said = tester.clock.instant();
        Instant before = said;
        for (int i = 0; i < permits.size(); i++) {
            Duration retryAfter = random.nextInt(4) == 0 ? null : Duration.ofSeconds(retryAfters.get(i));
            permits.get(i).end(new CallOutcome.RateLimited(retryAfter, retryAfter != null && random.nextBoolean()));
            Instant asked = tester.clock.instant().plus(retryAfter == null ? Duration.ofSeconds(10) : retryAfter);
            said = said.isAfter(asked) ? said : asked;
            if (said.isAfter(tester.clock.instant())) {
                Instant until = tester.noCapacityUntil();
                assertThat(until).isAfterOrEqualTo(said).isAfterOrEqualTo(before);
                before = until;
                Duration left = Duration.between(tester.clock.instant(), until);
                tester.advance(Duration.ofMillis(random.nextLong(left.toMillis())));
                assertThat(tester.pool.acquire(ANY)).isInstanceOf(Choice.NoCapacity.class);
            }
        }
    }

    /** How many calls can be made at once. With {@code rates}, they end immediately, so that only rates limit them. */
    private static int takeAll(KeyPoolTester tester, boolean rates) {
        List<Permit> permits = tester.takeAll(ANY, permit -> {
            if (rates) {
                permit.end(success());
            }
        });
        permits.forEach(permit -> permit.end(success()));
        return permits.size();
    }

    private static int callsInASecond(KeyPoolTester tester) {
        takeAll(tester, true);
        int calls = 0;
        for (int i = 0; i < 100; i++) {
            tester.advance(Duration.ofMillis(10));
            calls += takeAll(tester, true);
        }
        return calls;
    }
}
