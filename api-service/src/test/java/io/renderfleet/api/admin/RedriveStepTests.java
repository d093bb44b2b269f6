package io.renderfleet.api.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.job.JobRecovery.LetterOutcome;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedriveStepTests {
    @Test
    void endsTheJobOfALetterThatIsItsLastMessageBeforeAnythingElse() {
        assertThat(RedriveStep.of(DeadLetterCause.WORKER_CRASH_LOOP)).isEqualTo(RedriveStep.END_JOB);
        assertThat(RedriveStep.of(DeadLetterCause.ROUTING_FAILED)).isEqualTo(RedriveStep.END_JOB);
    }

    @Test
    void keepsALetterThatIsUnreadableOrHasNoJob() {
        assertThat(RedriveStep.of(DeadLetterCause.UNREADABLE)).isEqualTo(RedriveStep.KEEP);
        assertThat(RedriveStep.of(DeadLetterCause.UNKNOWN_JOB)).isEqualTo(RedriveStep.KEEP);
        assertThat(RedriveStep.of(LetterOutcome.UNKNOWN)).isEqualTo(RedriveStep.KEEP);
    }

    @Test
    void opensOnlyAJobThatIsKnownToHaveFailedWithTheLetter() {
        Set<LetterOutcome> retried = EnumSet.noneOf(LetterOutcome.class);
        Arrays.stream(LetterOutcome.values())
                .filter(outcome -> RedriveStep.of(outcome) == RedriveStep.RETRY)
                .forEach(retried::add);
        assertThat(retried).containsExactlyInAnyOrder(LetterOutcome.FAILED, LetterOutcome.FAILED_BEFORE);
        assertThat(Arrays.stream(DeadLetterCause.values()).map(RedriveStep::of)).doesNotContain(RedriveStep.RETRY);
    }

    @Test
    void deletesAnObsoleteLetterAndKeepsOneWhoseJobAWorkerHolds() {
        assertThat(RedriveStep.of(DeadLetterCause.OBSOLETE)).isEqualTo(RedriveStep.DELETE);
        assertThat(RedriveStep.of(LetterOutcome.OBSOLETE)).isEqualTo(RedriveStep.DELETE);
        assertThat(RedriveStep.of(LetterOutcome.HELD)).isEqualTo(RedriveStep.KEEP);
    }
}
