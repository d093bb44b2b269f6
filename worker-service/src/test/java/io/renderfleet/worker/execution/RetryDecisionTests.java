package io.renderfleet.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.JobError;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RetryDecisionTests {
    private static final JobError ERROR = new JobError("some-code", "Something went wrong.");

    @Test
    void aRejectedJobHasFailed() {
        RetryDecision decision = RetryDecision.rejected(ERROR);
        assertThat(decision.next()).isEqualTo(new RetryDecision.Next.Fail());
        assertThat(decision.outcome()).isEqualTo(Attempt.Outcome.REJECTED);
        assertThat(decision.error()).isEqualTo(ERROR);
    }

    @Test
    void anInterruptedJobGoesBackAtOnceAtNoCharge() {
        RetryDecision decision = RetryDecision.interrupted(ERROR);
        assertThat(decision.next()).isEqualTo(new RetryDecision.Next.Defer(Duration.ZERO));
        assertThat(decision.outcome().isCharged()).isFalse();
    }

    @Test
    void theLastAttemptFailsTheJob() {
        assertThat(RetryDecision.errored(ERROR, 4, 5, new Random(1)).next()).isEqualTo(new RetryDecision.Next.Fail());
        assertThat(RetryDecision.errored(ERROR, 3, 5, new Random(1)).next())
                .isInstanceOf(RetryDecision.Next.Defer.class);
    }

    @Property
    void anErrorIsAlwaysCharged(
            @ForAll @IntRange(max = 20) int chargedBefore, @ForAll @IntRange(min = 1, max = 10) int maxAttempts) {
        RetryDecision decision = RetryDecision.errored(ERROR, chargedBefore, maxAttempts, new Random(1));
        assertThat(decision.outcome()).isEqualTo(Attempt.Outcome.ERRORED);
        assertThat(decision.outcome().isCharged()).isTrue();
        assertThat(decision.error()).isEqualTo(ERROR);
    }

    @Property
    void noJobIsHandedBackWhenItsAttemptsAreUsedUp(
            @ForAll @IntRange(max = 100) int chargedBefore, @ForAll @IntRange(min = 1, max = 10) int maxAttempts) {
        RetryDecision decision = RetryDecision.errored(ERROR, chargedBefore, maxAttempts, new Random(1));
        assertThat(decision.next() instanceof RetryDecision.Next.Fail).isEqualTo(chargedBefore + 1 >= maxAttempts);
    }

    @Property
    void theDelayIsWholeSecondsWithinItsBound(@ForAll @IntRange(max = 1000) int chargedBefore, @ForAll long seed) {
        RetryDecision decision = RetryDecision.errored(ERROR, chargedBefore, Integer.MAX_VALUE, new Random(seed));
        long bound = chargedBefore < 8 ? 2L << chargedBefore : 300;
        assertThat(((RetryDecision.Next.Defer) decision.next()).delay())
                .satisfies(delay -> assertThat(delay.toNanosPart()).isZero())
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(bound));
    }

    @Property(tries = 20)
    void theDelayIsSpreadOverAllOfItsBound(@ForAll long seed) {
        Random random = new Random(seed);
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(
                                i -> RetryDecision.errored(ERROR, 1, 10, random).next()))
                .extracting(next -> ((RetryDecision.Next.Defer) next).delay().toSeconds())
                .contains(1L, 2L, 3L, 4L);
    }

    /** What may happen to an attempt that does not succeed. */
    enum Mishap {
        ERROR,
        THROTTLE,
        SHUTDOWN
    }

    @Property
    void noJobIsChargedMoreThanItsAttemptsAndNoneFailsUncharged(
            @ForAll @Size(max = 100) List<Mishap> mishaps,
            @ForAll @IntRange(min = 1, max = 10) int maxAttempts,
            @ForAll long seed) {
        Random random = new Random(seed);
        int charged = 0;
        for (int i = 0; i < mishaps.size(); i++) {
            RetryDecision decision = switch (mishaps.get(i)) {
                case ERROR -> RetryDecision.errored(ERROR, charged, maxAttempts, random);
                case THROTTLE -> RetryDecision.uncharged(ERROR, i, random);
                case SHUTDOWN -> RetryDecision.interrupted(ERROR);
            };
            charged += decision.outcome().isCharged() ? 1 : 0;
            if (decision.next() instanceof RetryDecision.Next.Fail) {
                assertThat(mishaps.get(i)).isEqualTo(Mishap.ERROR);
                assertThat(charged).isEqualTo(maxAttempts);
                return;
            }
        }
        assertThat(charged).isLessThan(maxAttempts);
    }
}
