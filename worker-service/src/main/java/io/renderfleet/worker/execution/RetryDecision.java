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
        record HandBack(Duration delay) implements Next {}
    }

    /** The job's own fault. */
    static RetryDecision rejected(JobError error) {
        return new RetryDecision(Attempt.Outcome.REJECTED, error, new Next.Fail());
    }

    /** Nobody's fault, and over with this worker: another attempt at once, at no charge. */
    static RetryDecision interrupted(JobError error) {
        return new RetryDecision(Attempt.Outcome.INTERRUPTED, error, new Next.HandBack(Duration.ZERO));
    }

    /**
     * Nobody's fault, and not over yet: another attempt at no charge, after a random delay whose bound doubles each time.
     *
     * @param timesBefore how often in a row the job was put off before
     */
    static RetryDecision putOff(JobError error, int timesBefore, RandomGenerator random) {
        return new RetryDecision(
                Attempt.Outcome.INTERRUPTED, error, new Next.HandBack(BACKOFF.delay(timesBefore, random)));
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
                : new Next.HandBack(BACKOFF.delay(chargedBefore, random));
        return new RetryDecision(Attempt.Outcome.ERRORED, error, next);
    }
}
