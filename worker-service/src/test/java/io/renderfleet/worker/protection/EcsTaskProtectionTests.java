package io.renderfleet.worker.protection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The protocol against an agent over HTTP, in time that a test moves. */
class EcsTaskProtectionTests {
    private static final String PROTECT = "PUT {\"ProtectionEnabled\":true,\"ExpiresInMinutes\":30}";
    private static final String RELEASE = "PUT {\"ProtectionEnabled\":false}";
    private static final Duration BLOCKED_PAUSE = Duration.ofSeconds(15);

    private final FakeAgent agent = new FakeAgent();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);
    private final EcsTaskProtection protection = protection(agent.uri(), Duration.ofSeconds(2));

    private EcsTaskProtection protection(String uri, Duration timeout) {
        ProtectionSettings settings =
                new ProtectionSettings(uri, Duration.ofMinutes(30), Duration.ofSeconds(5), BLOCKED_PAUSE, timeout);
        return new EcsTaskProtection(new EcsAgent(uri, settings.timeout()), settings, nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @AfterEach
    void close() {
        protection.close();
        agent.close();
    }

    @Test
    void asksForNothingBeforeThereIsWork() {
        protection.check();
        assertThat(agent.requests()).isEmpty();
    }

    @Test
    void protectsBeforeTheFirstWorkAndOnceForAll() {
        assertThat(protection.begin()).isZero();
        assertThat(agent.requests()).containsExactly(PROTECT);
        assertThat(protection.begin()).isZero();
        protection.end();
        protection.check();
        assertThat(agent.requests()).containsExactly(PROTECT);
    }

    @Test
    void renewsBeforeHalfOfTheTimeIsOverWhileWorkRuns() {
        protection.begin();
        pass(Duration.ofMinutes(11));
        protection.check();
        assertThat(agent.requests()).hasSize(1);
        pass(Duration.ofMinutes(3));
        protection.check();
        assertThat(agent.requests()).containsExactly(PROTECT, PROTECT);
    }

    @Test
    void isGivenUpAfterAFewSecondsWithoutWorkAndTakenAgain() {
        protection.begin();
        pass(Duration.ofMinutes(1));
        protection.end();
        pass(Duration.ofSeconds(4));
        protection.check();
        assertThat(agent.requests()).hasSize(1);
        pass(Duration.ofSeconds(1));
        protection.check();
        protection.check();
        assertThat(agent.requests()).containsExactly(PROTECT, RELEASE);
        protection.begin();
        assertThat(agent.requests()).containsExactly(PROTECT, RELEASE, PROTECT);
    }

    @Test
    void takesNoWorkWhileADeploymentBlocksItAndTriesAgain() {
        agent.is(FakeAgent.Mood.BLOCKING);
        assertThat(protection.begin()).isEqualTo(BLOCKED_PAUSE);
        assertThat(protection.begin()).isEqualTo(BLOCKED_PAUSE);
        assertThat(agent.requests()).hasSize(1);
        agent.is(FakeAgent.Mood.WELL);
        pass(BLOCKED_PAUSE);
        assertThat(protection.begin()).isZero();
        assertThat(agent.requests()).hasSize(2);
    }

    @Test
    void aRenewalThatIsBlockedLetsWorkFinishAndTakesNoMore() {
        protection.begin();
        agent.is(FakeAgent.Mood.BLOCKING);
        pass(Duration.ofMinutes(14));
        protection.check();
        assertThat(protection.begin()).isEqualTo(BLOCKED_PAUSE);
        protection.end();
    }

    @ParameterizedTest
    @EnumSource(names = {"THROTTLED", "BABBLING", "SLOW"})
    void worksUnprotectedAfterABriefTryWhenTheAgentDoesNotHelp(FakeAgent.Mood mood) {
        agent.is(mood);
        long start = System.nanoTime();
        assertThat(protection.begin()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(agent.requests()).hasSize(2);
        assertThat(protection.begin()).isZero();
        assertThat(agent.requests()).hasSize(2);

        agent.is(FakeAgent.Mood.WELL);
        pass(Duration.ofSeconds(30));
        protection.check();
        assertThat(agent.requests()).hasSize(3);
    }

    @Test
    void worksUnprotectedWhenNoAgentIsThere() {
        try (EcsTaskProtection alone = protection("http://127.0.0.1:1", Duration.ofSeconds(2))) {
            assertThat(alone.begin()).isZero();
            alone.end();
            alone.release();
        }
    }

    @Test
    void isGivenUpAtTheEnd() {
        protection.begin();
        protection.end();
        protection.release();
        assertThat(agent.requests()).containsExactly(PROTECT, RELEASE);
    }

    @Test
    void aTaskThatWasNotAllowedToWorkHasNothingToGiveUp() {
        agent.is(FakeAgent.Mood.BLOCKING);
        protection.begin();
        pass(Duration.ofSeconds(6));
        protection.check();
        protection.release();
        assertThat(agent.requests()).containsExactly(PROTECT);
    }

    @Test
    void aTaskThatNeverWorkedHasNothingToGiveUp() {
        protection.release();
        assertThat(agent.requests()).isEmpty();
    }
}
