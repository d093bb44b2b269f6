package io.renderfleet.jobtype.inference.keys;

import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.ANY;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.id;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.rateLimited;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.secret;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.success;
import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.jobtype.inference.keys.KeyPool.Choice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one process sees and another one learns. */
class TransitionTests {
    private final KeyPoolTester seer = KeyPoolTester.of("a@d1", "b@d2");
    private final KeyPoolTester learner = KeyPoolTester.of("a@d1", "b@d2");

    @Test
    void aCoolDownIsLearntAndTestedAfterIt() {
        seer.end(rateLimited(Duration.ofSeconds(30)));
        share();
        assertThat(learner.view("a").state()).isEqualTo(KeyState.COOLING);
        assertThat(learner.view("a").until()).isEqualTo(KeyPoolTester.START.plusSeconds(30));
        assertThat(learner.view("a").why()).contains("Retry-After 30 s");
        learner.pool.disable(id("b"));
        learner.advance(Duration.ofSeconds(30));
        learner.take();
        assertThat(learner.pool.acquire(ANY)).isInstanceOf(Choice.NoCapacity.class);
    }

    @Test
    void theEndOfACoolDownOnlyMovesForward() {
        learner.end(rateLimited(Duration.ofSeconds(60)));
        learner.pool.merge(List.of(cooling(30), cooling(10)));
        assertThat(learner.view("a").until()).isEqualTo(KeyPoolTester.START.plusSeconds(60));
        assertThat(learner.view("a").why()).contains("Retry-After 60 s");
        learner.pool.merge(List.of(cooling(90), cooling(70)));
        assertThat(learner.view("a").until()).isEqualTo(KeyPoolTester.START.plusSeconds(90));
    }

    private static Transition cooling(int seconds) {
        return new Transition.DomainCooling(
                new DomainName("d1"), KeyPoolTester.START.plusSeconds(seconds), 1, KeyPoolTester.START, "429");
    }

    @Test
    void anExhaustionThatIsOverIsIgnored() {
        learner.advance(Duration.ofSeconds(40));
        learner.pool.merge(List.of(exhausted(KeyPoolTester.START.plusSeconds(40))));
        assertThat(learner.view("a").state()).isEqualTo(KeyState.ACTIVE);
    }

    @Test
    void aCoolDownThatIsOverIsTestedUnlessAnotherProcessDidThat() {
        learner.advance(Duration.ofSeconds(40));
        learner.pool.merge(List.of(cooling(40)));
        assertThat(learner.view("a").state()).isEqualTo(KeyState.PROBING);

        seer.end(rateLimited(Duration.ofSeconds(40)));
        seer.pool.disable(id("b"));
        seer.advance(Duration.ofSeconds(40));
        seer.end(success());
        share();
        assertThat(learner.view("a").state()).isEqualTo(KeyState.ACTIVE);
        learner.pool.merge(List.of(cooling(40)));
        assertThat(learner.view("a").state()).isEqualTo(KeyState.ACTIVE);
    }

    @Test
    void aRecoveryDoesNotEndALaterCoolDown() {
        learner.pool.merge(List.of(
                cooling(90),
                new Transition.DomainRecovered(
                        new DomainName("d1"), KeyPoolTester.START.plusSeconds(40), KeyPoolTester.START, "")));
        assertThat(learner.view("a").state()).isEqualTo(KeyState.COOLING);
    }

    @Test
    void oneProcessTestsADomainIfProcessesShareThis() {
        learner.pool.shareProbes();
        learner.pool.disable(id("b"));
        learner.pool.merge(List.of(cooling(30)));
        learner.advance(Duration.ofSeconds(30));
        assertThat(learner.pool.acquire(ANY)).isInstanceOf(Choice.NoCapacity.class);
        var domain = new DomainName("d1");
        assertThat(learner.pool.takeDemand().get(domain)).isEqualTo(new Demand(0, 0, 0, true));

        learner.pool.grantProbe(domain, learner.clock.instant().plusSeconds(2));
        learner.take().end(success());
        assertThat(learner.view("a").state()).isEqualTo(KeyState.ACTIVE);
    }

    private static Transition exhausted(Instant until) {
        return new Transition.KeyChanged(id("a"), KeyState.EXHAUSTED, until, 1, KeyPoolTester.START, "used up");
    }

    @Test
    void mergingTheSameAgainAfterARecoveryChangesNothing() {
        learner.pool.disable(id("b"));
        learner.pool.merge(List.of(cooling(30)));
        learner.advance(Duration.ofSeconds(30));
        learner.end(success());
        learner.pool.merge(List.of(cooling(30)));
        assertThat(learner.view("a").state()).isEqualTo(KeyState.ACTIVE);
    }

    @Test
    void exhaustionAndItsLengthAreLearnt() {
        seer.end(new CallOutcome.QuotaExhausted());
        share();
        assertThat(learner.view("a").state()).isEqualTo(KeyState.EXHAUSTED);
        learner.pool.disable(id("b"));
        learner.advance(Duration.ofHours(1));
        learner.end(new CallOutcome.QuotaExhausted());
        assertThat(learner.noCapacityUntil()).isEqualTo(learner.clock.instant().plus(Duration.ofHours(2)));
    }

    @Test
    void operatorsChangeAllProcessesAndTheLatestChangeCounts() {
        seer.pool.disable(id("a"));
        List<Transition> disabled = seer.pool.drainTransitions();
        learner.pool.merge(disabled);
        assertThat(learner.view("a").state()).isEqualTo(KeyState.DISABLED);
        seer.advance(Duration.ofSeconds(1));
        seer.pool.enable(id("a"));
        share();
        learner.pool.merge(disabled);
        assertThat(learner.view("a").state()).isEqualTo(KeyState.ACTIVE);
    }

    @Test
    void enablingAKeyEndsWhatWasKnownBefore() {
        seer.pool.disable(id("b"));
        seer.end(new CallOutcome.QuotaExhausted());
        List<Transition> before = seer.pool.drainTransitions();
        learner.pool.merge(before);
        learner.advance(Duration.ofSeconds(1));
        learner.pool.enable(id("a"));
        learner.pool.merge(before);
        assertThat(learner.view("a").state()).isEqualTo(KeyState.ACTIVE);
        learner.take();
    }

    @Test
    void aSecretThatWasRotatedIsNotInvalidByOldNews() {
        var invalid = new Transition.KeyChanged(id("a"), KeyState.INVALID, null, 0, KeyPoolTester.START, "refused");
        learner.advance(Duration.ofSeconds(1));
        learner.pool.rotate(id("a"), secret("another-secret"));
        learner.pool.merge(List.of(invalid));
        assertThat(learner.view("a").state()).isEqualTo(KeyState.ACTIVE);
    }

    @Test
    void unknownNamesAreIgnored() {
        learner.pool.merge(List.of(
                new Transition.KeyChanged(id("z"), KeyState.DISABLED, null, 0, KeyPoolTester.START, ""),
                new Transition.DomainCooling(
                        new DomainName("z"), KeyPoolTester.START.plusSeconds(9), 1, KeyPoolTester.START, "")));
        assertThat(learner.pool.keys()).allMatch(key -> key.state() == KeyState.ACTIVE);
    }

    @Test
    void keepsOnlyTheLatestTransitionOfEachKind() {
        for (int i = 0; i < 1000; i++) {
            seer.pool.disable(id("a"));
            seer.advance(Duration.ofSeconds(1));
            seer.pool.enable(id("a"));
        }
        assertThat(seer.pool.drainTransitions())
                .hasSize(2)
                .extracting(Transition::why)
                .containsExactly("Disabled by an operator", "Enabled by an operator");
        assertThat(seer.pool.drainTransitions()).isEmpty();
    }

    @Test
    void whatWasLearntIsNotReportedAgain() {
        learner.pool.merge(List.of(cooling(30), exhausted(KeyPoolTester.START.plusSeconds(40))));
        assertThat(learner.pool.drainTransitions()).isEmpty();
    }

    private void share() {
        learner.pool.merge(seer.pool.drainTransitions());
    }
}
