package io.renderfleet.worker.execution;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.JobError;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What becomes of a job whose attempt did not succeed. Pure: the same values give the same answer.
 *
 * @param outcome how the attempt is remembered
 * @param error what the user reads
 * @param next what happens to the job
 */
record RetryDecision(Attempt.Outcome outcome, JobError error, Next next) {
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

    /** What happens to the job. */
    sealed interface Next {
        /** It is FAILED. */
        record Fail() implements Next {}

        /** It is PENDING again, and its message visible after the delay. */
        record HandBack(Duration delay) implements Next {}
    }

    /** The job's own fault. */
    static RetryDecision rejected(JobError error) {
        return new RetryDecision(Attempt.Outcome.REJECTED, error, new Next.Fail());
    }

    /** Nobody's fault: another attempt at once, at no charge. */
    static RetryDecision interrupted(JobError error) {
        return new RetryDecision(Attempt.Outcome.INTERRUPTED, error, new Next.HandBack(Duration.ZERO));
    }

    /**
     * Ours or AWS's fault, or out of time: another attempt while there are any left, after a random delay of one
     * second up to a bound that doubles with each charged attempt and ends at five minutes.
     *
     * @param chargedBefore charged attempts before this one
     * @param maxAttempts charged attempts allowed
     */
    static RetryDecision errored(JobError error, int chargedBefore, int maxAttempts, RandomGenerator random) {
        Next next =
                chargedBefore + 1 >= maxAttempts ? new Next.Fail() : new Next.HandBack(delay(chargedBefore, random));
        return new RetryDecision(Attempt.Outcome.ERRORED, error, next);
    }

    private static Duration delay(int chargedBefore, RandomGenerator random) {
        long bound = Math.min(LONGEST_DELAY.toSeconds(), FIRST_DELAY.toSeconds() << Math.min(chargedBefore, 20));
        // SQS hides messages for whole seconds, and less than one would be no delay at all.
        return Duration.ofSeconds(random.nextLong(1, bound + 1));
    }
}
