package io.renderfleet.jobtype.inference.keys;

import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.ANY;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.concurrency;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.id;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.rateLimited;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.secret;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.success;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The states of keys, permits and statistics. */
class KeyPoolTests {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final DomainName D1 = new DomainName("d1");

    @Test
    void aPermitEndsOnce() {
        var tester = KeyPoolTester.of("a@d1");
        Permit permit = tester.take();
        permit.end(success());
        permit.end(success());
        permit.end(rateLimited(null));
        assertThat(tester.pool.inUse(D1)).isZero();
        assertThat(tester.view("a").state()).isEqualTo(KeyState.ACTIVE);
        assertThat(tester.view("a").calls()).isEqualTo(1);
    }

    @Test
    void aDomainHasNoMoreCallsThanPermits() {
        var tester = KeyPoolTester.of(Strategy.LEAST_LOADED, concurrency(10), "a@d1", "b@d1");
        tester.pool.permits(D1, 2);
        Permit first = tester.take();
        Permit second = tester.take();
        // Nothing is known of the latency yet.
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plusMillis(500));
        tester.pool.permits(D1, 1);
        first.end(success());
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plusMillis(400));
        second.end(success());
        tester.take();
        assertThat(tester.pool.inUse(D1)).isEqualTo(1);
    }

    @Test
    void aDomainWithoutPermitsHasNoCalls() {
        var tester = KeyPoolTester.of("a@d1", "b@d2");
        tester.pool.permits(D1, 0);
        assertThat(tester.keysOf(3)).containsExactly("b", "b", "b");
        tester.pool.permits(D1, 1);
        assertThat(tester.keysOf(2)).containsExactly("a", "b");
    }

    @Test
    void refusesPermitsOutsideOfTheLimitAndUnknownNames() {
        var tester = KeyPoolTester.of(Strategy.LEAST_LOADED, concurrency(10), "a@d1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tester.pool.permits(D1, 11))
                .withMessageContaining("0 to its concurrency, 10");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tester.pool.permits(new DomainName("d2"), 1))
                .withMessageContaining("[d1]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tester.pool.disable(id("b")))
                .withMessageContaining("[a]");
    }

    @Test
    void oneServerErrorDisablesNothing() {
        var tester = KeyPoolTester.of("a@d1");
        tester.end(new CallOutcome.EndpointFailed());
        tester.end(new CallOutcome.Refused());
        tester.end(new CallOutcome.Abandoned());
        tester.end(success());
        assertThat(tester.view("a").state()).isEqualTo(KeyState.ACTIVE);
        assertThat(tester.view("a").successRate()).isEqualTo(0.5);
        assertThat(tester.pool.drainTransitions()).isEmpty();
    }

    @Test
    void aCallSucceedsWhileNineOfTenKeysAreDead() {
        String[] keys = new String[10];
        for (int i = 0; i < 10; i++) {
            keys[i] = "k" + i + "@d" + i;
        }
        var tester = KeyPoolTester.of(keys);
        Set<KeyId> tried = new HashSet<>();
        Permit permit = tester.take();
        while (!permit.key().equals(id("k9"))) {
            permit.end(tried.size() % 2 == 0 ? new CallOutcome.Unauthorized() : new CallOutcome.QuotaExhausted());
            tried.add(permit.key());
            permit = tester.take(without(tried, Set.of()));
        }
        assertThat(tried).hasSize(9);
        permit.end(success());
        assertThat(tester.keysOf(3)).containsOnly("k9");
    }

    @Test
    void thereIsNoKeyWhenAllNeedAnOperatorOrWereTried() {
        var tester = KeyPoolTester.of("a@d1", "b@d2", "c@d3", "d@d4");
        tester.pool.disable(id("a"));
        tester.pool.drain(id("b"));
        tester.pool.merge(List.of(
                new Transition.KeyChanged(id("c"), KeyState.INVALID, null, 0, tester.clock.instant(), "refused")));
        assertThat(tester.pool.acquire(without(Set.of(id("d")), Set.of()))).isInstanceOf(Choice.NoKey.class);
        assertThat(tester.take().key()).isEqualTo(id("d"));
    }

    @Test
    void aTaskThatTriedAllKeysIsToldWhenOneReturns() {
        var tester = KeyPoolTester.of("a@d1", "b@d2");
        tester.end(new CallOutcome.QuotaExhausted());
        tester.end(rateLimited(Duration.ofSeconds(30)));
        assertThat(tester.noCapacityUntil(without(Set.of(id("a"), id("b")), Set.of())))
                .isEqualTo(tester.clock.instant().plusSeconds(30));
    }

    @Test
    void anExhaustedKeyReturnsByItself() {
        var tester = KeyPoolTester.of("a@d1");
        tester.end(new CallOutcome.QuotaExhausted());
        assertThat(tester.view("a").state()).isEqualTo(KeyState.EXHAUSTED);
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plus(HOUR));
        tester.advance(HOUR);
        assertThat(tester.view("a").state()).isEqualTo(KeyState.PROBING);
        Permit test = tester.take();
        assertThat(tester.pool.acquire(ANY)).isInstanceOf(Choice.NoCapacity.class);
        test.end(success());
        assertThat(tester.view("a").state()).isEqualTo(KeyState.ACTIVE);
        tester.take();
        tester.take();
    }

    @Test
    void exhaustionDoublesUpToADayAndStartsAnewAfterASuccess() {
        var tester = KeyPoolTester.of("a@d1", "b@d1");
        tester.pool.disable(id("b"));
        for (long hours : new long[] {1, 2, 4, 8, 16, 24, 24}) {
            tester.end(new CallOutcome.QuotaExhausted());
            assertThat(tester.noCapacityUntil())
                    .isEqualTo(tester.clock.instant().plus(Duration.ofHours(hours)));
            tester.advance(Duration.ofHours(hours));
        }
        tester.end(success());
        tester.end(new CallOutcome.QuotaExhausted());
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plus(HOUR));
    }

    @Test
    void callsThatWereInProgressDoNotDoubleAnExhaustionNorEndIt() {
        var tester = KeyPoolTester.of("a@d1");
        Permit first = tester.take();
        Permit second = tester.take();
        Permit third = tester.take();
        first.end(new CallOutcome.QuotaExhausted());
        second.end(new CallOutcome.QuotaExhausted());
        third.end(success());
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plus(HOUR));
    }

    @Test
    void exhaustionOfAKeyLeavesTheOtherKeysOfItsDomain() {
        var tester = KeyPoolTester.of("a@d1", "b@d1");
        tester.end(new CallOutcome.QuotaExhausted());
        assertThat(tester.keysOf(2)).containsExactly("b", "b");
    }

    @Test
    void aRefusedSecretIsReadAgainOnce() {
        var tester = KeyPoolTester.of("a@d1");
        Permit old = tester.take();
        tester.end(new CallOutcome.Unauthorized());
        assertThat(tester.pool.secretsToReadAgain()).containsExactly(id("a"));
        assertThat(tester.noCapacityUntil()).isEqualTo(tester.clock.instant().plusSeconds(30));

        tester.pool.rotate(id("a"), secret("another-secret"));
        assertThat(tester.pool.secretsToReadAgain()).isEmpty();
        old.end(new CallOutcome.Unauthorized());
        assertThat(tester.view("a").state()).isEqualTo(KeyState.ACTIVE);

        Permit next = tester.take();
        assertThat(next.secret()).isEqualTo(secret("another-secret"));
        next.end(new CallOutcome.Unauthorized());
        assertThat(tester.view("a").state()).isEqualTo(KeyState.INVALID);
        assertThat(tester.pool.secretsToReadAgain()).isEmpty();
        assertThat(tester.pool.acquire(ANY)).isInstanceOf(Choice.NoKey.class);
        assertThat(tester.pool.drainTransitions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Transition.KeyChanged.class,
                        changed -> assertThat(changed.state()).isEqualTo(KeyState.INVALID));
    }

    @Test
    void aRefusedSecretThatIsTheSameWhenReadAgainIsInvalidUntilItChanges() {
        var tester = KeyPoolTester.of("a@d1");
        tester.end(new CallOutcome.Unauthorized());
        tester.pool.rotate(id("a"), secret("secret-of-a-0000"));
        assertThat(tester.view("a").state()).isEqualTo(KeyState.INVALID);
        tester.pool.rotate(id("a"), secret("another-secret"));
        tester.end(success());
        tester.end(new CallOutcome.Unauthorized());
        assertThat(tester.pool.secretsToReadAgain())
                .describedAs("a secret that worked is read again")
                .containsExactly(id("a"));
    }

    @Test
    void aSecretThatNobodyReadsAgainIsInvalidAfterHalfAMinute() {
        var tester = KeyPoolTester.of("a@d1");
        tester.end(new CallOutcome.Unauthorized());
        tester.advance(Duration.ofSeconds(30));
        assertThat(tester.pool.secretsToReadAgain()).isEmpty();
        assertThat(tester.pool.acquire(ANY)).isInstanceOf(Choice.NoKey.class);
        assertThat(tester.view("a").state()).isEqualTo(KeyState.INVALID);
    }

    @Test
    void callsOfADrainingKeyEndAndNoneBegins() {
        var tester = KeyPoolTester.of("a@d1", "b@d1");
        Permit permit = tester.take();
        tester.pool.drain(id("a"));
        assertThat(tester.keysOf(2)).containsExactly("b", "b");
        assertThat(tester.view("a").inUse()).isEqualTo(1);
        permit.end(success());
        assertThat(tester.view("a").inUse()).isZero();
        assertThat(tester.view("a").state()).isEqualTo(KeyState.DRAINING);
        tester.pool.enable(id("a"));
        assertThat(tester.keysOf(2)).containsExactly("a", "b");
    }

    @Test
    void countsCallsSuccessesAndLatencyOfTheLastMinute() {
        var tester = KeyPoolTester.of("a@d1");
        tester.end(new CallOutcome.EndpointFailed());
        tester.advance(Duration.ofSeconds(30));
        tester.end(new CallOutcome.Succeeded(0, Duration.ofMillis(100)));
        tester.end(new CallOutcome.Succeeded(0, Duration.ofMillis(300)));
        assertThat(tester.view("a").calls()).isEqualTo(3);
        assertThat(tester.view("a").successRate()).isCloseTo(2.0 / 3, within(1e-9));
        assertThat(tester.view("a").latency()).isEqualTo(Duration.ofMillis(200));
        tester.advance(Duration.ofSeconds(30));
        assertThat(tester.view("a").successRate()).isEqualTo(1);
        tester.advance(Duration.ofSeconds(30));
        assertThat(tester.view("a").successRate()).isNull();
        assertThat(tester.view("a").latency()).isNull();
        assertThat(tester.view("a").calls()).isEqualTo(3);
    }
}
