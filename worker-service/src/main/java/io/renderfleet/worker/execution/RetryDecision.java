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
    /** Less than a second would be no delay at all. */
    static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMinutes(5));

    /** What happens to the job. */
    sealed interface Next {
        /** It is FAILED. */
        record Fail() implements Next {}

        /** It is PENDING again, and its message visible after the delay. */
        record Defer(Duration delay) implements Next {}

        /**
         * It is PENDING again, and a new message takes the place of its message, which SQS delivers after the delay: unlike
         * a hidden message a delayed one counts neither as in flight nor as a receipt.
         */
        record Resend(Duration delay) implements Next {}
    }

    /** What SQS can delay a message by; what is to wait longer is deferred again then. */
    static final Duration LONGEST_DELAY = Duration.ofMinutes(15);

    /** There is no capacity for the job before some time: another attempt after this wait, which is not charged. */
    static RetryDecision deferred(JobError error, Duration wait) {
        Duration atLeast = wait.compareTo(BACKOFF.least()) < 0 ? BACKOFF.least() : wait;
        return new RetryDecision(
                Attempt.Outcome.INTERRUPTED,
                error,
                new Next.Resend(atLeast.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : atLeast));
    }

    /** The same with at least this delay, though never more than {@link #LONGEST_DELAY}. */
    RetryDecision noSoonerThan(Duration delay) {
        if (next instanceof Next.Defer(Duration planned) && delay.compareTo(planned) > 0) {
            return new RetryDecision(
                    outcome, error, new Next.Defer(delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay));
        }
        return this;
    }

    /** The job's own fault. */
    static RetryDecision rejected(JobError error) {
        return new RetryDecision(Attempt.Outcome.REJECTED, error, new Next.Fail());
    }

    /** Nobody's fault, and over with this worker: another attempt at once, at no charge. */
    static RetryDecision interrupted(JobError error) {
        return new RetryDecision(Attempt.Outcome.INTERRUPTED, error, new Next.Defer(Duration.ZERO));
    }

    /**
     * Nobody's fault, and not over yet: another attempt at no charge, after a random delay whose bound doubles each time.
     *
     * @param timesBefore how often in a row the job was put off before
     */
    static RetryDecision uncharged(JobError error, int timesBefore, RandomGenerator random) {
        return new RetryDecision(
                Attempt.Outcome.INTERRUPTED, error, new Next.Defer(BACKOFF.delay(timesBefore, random)));
    }

    /**
     * Ours or AWS's fault, or out of time: another attempt while there are any left, after a random delay whose bound
     * doubles with each charged attempt.
     *
     * @param chargedBefore charged attempts before this one
     * @param maxAttempts charged attempts allowed
     */
    static RetryDecision errored(JobError error, int chargedBefore, int maxAttempts, RandomGenerator random) {
        Next next = chargedBefore + 1 >= maxAttempts
                ? new Next.Fail()
                : new Next.Defer(BACKOFF.delay(chargedBefore, random));
        return new RetryDecision(Attempt.Outcome.ERRORED, error, next);
    }
}
