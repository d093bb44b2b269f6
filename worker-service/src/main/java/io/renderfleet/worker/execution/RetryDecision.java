package io.renderfleet.worker.execution;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Decides what happens to a job whose attempt did not succeed. Makes no calls and keeps no state.
 *
 * @param outcome the outcome of the attempt in the job's history
 * @param error the error that the user reads
 * @param next what happens to the job
 */
record RetryDecision(Attempt.Outcome outcome, JobError error, Next next) {
    /** Delays of retries. SQS delays messages by whole seconds, so one second is the shortest delay. */
    static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMinutes(5));

    static final JobError OUT_OF_MEMORY = new JobError(
            "out-of-memory",
            "The worker ran out of memory while it ran the job. A job is tried once more after that. If it fails again,"
                    + " request less work in one job, or ask the operator for workers with more memory.");

    /** What happens to the job. */
    sealed interface Next {
        /** The job is FAILED. */
        record Fail() implements Next {}

        /** The job is PENDING again, and its message becomes visible after the delay. */
        record Defer(Duration delay) implements Next {}

        /**
         * The job is PENDING again, and its message is replaced by a new one, which SQS delivers after the delay.
         * Unlike a hidden message, a delayed one counts neither as in flight nor towards the limit of receipts.
         */
        record Resend(Duration delay) implements Next {}
    }

    /** The longest delay of a message in SQS. A job that must wait longer is deferred again. */
    static final Duration LONGEST_DELAY = Duration.ofMinutes(15);

    /** There is no capacity for the job: another attempt follows after the wait. This attempt is not charged. */
    static RetryDecision deferred(JobError error, Duration wait) {
        Duration atLeast = wait.compareTo(BACKOFF.least()) < 0 ? BACKOFF.least() : wait;
        return new RetryDecision(
                Attempt.Outcome.INTERRUPTED,
                error,
                new Next.Resend(atLeast.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : atLeast));
    }

    /** The same decision with at least the given delay, up to {@link #LONGEST_DELAY}. */
    RetryDecision noSoonerThan(Duration delay) {
        if (next instanceof Next.Defer(Duration planned) && delay.compareTo(planned) > 0) {
            return new RetryDecision(
                    outcome, error, new Next.Defer(delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay));
        }
        return this;
    }

    /** The job cannot succeed: it fails without another attempt. */
    static RetryDecision rejected(JobError error) {
        return new RetryDecision(Attempt.Outcome.REJECTED, error, new Next.Fail());
    }

    /** The worker shuts down: another attempt can follow at once. This attempt is not charged. */
    static RetryDecision interrupted(JobError error) {
        return new RetryDecision(Attempt.Outcome.INTERRUPTED, error, new Next.Defer(Duration.ZERO));
    }

    /**
     * A condition outside the job that may last: another attempt follows after a random delay whose bound doubles each
     * time. This attempt is not charged.
     *
     * @param timesBefore how many attempts directly before this one ended for the same reason
     */
    static RetryDecision uncharged(JobError error, int timesBefore, RandomGenerator random) {
        return new RetryDecision(
                Attempt.Outcome.INTERRUPTED, error, new Next.Defer(BACKOFF.delay(timesBefore, random)));
    }

    /**
     * An unexpected failure or a timeout: the attempt is charged. If attempts are left, another one follows after a
     * random delay whose bound doubles with each charged attempt; otherwise the job fails.
     *
     * @param chargedBefore the number of charged attempts before this one
     * @param maxAttempts the number of charged attempts that the job may have
     */
    static RetryDecision errored(JobError error, int chargedBefore, int maxAttempts, RandomGenerator random) {
        Next next = chargedBefore + 1 >= maxAttempts
                ? new Next.Fail()
                : new Next.Defer(BACKOFF.delay(chargedBefore, random));
        return new RetryDecision(Attempt.Outcome.ERRORED, error, next);
    }

    /**
     * The worker ran out of memory: the attempt is charged. The job may not be the cause, because others ran at the same
     * time, so it is tried once more. When it happens for the second time, the job fails.
     */
    static RetryDecision outOfMemory(Job job, RandomGenerator random) {
        boolean again = job.attempts().stream().anyMatch(RetryDecision::ranOutOfMemory);
        return errored(
                OUT_OF_MEMORY, job.chargedAttempts(), again ? 0 : job.limits().maxAttempts(), random);
    }

    private static boolean ranOutOfMemory(Attempt attempt) {
        // Compares the code only, because another version may have written another text.
        return attempt.error() != null
                && OUT_OF_MEMORY.code().equals(attempt.error().code());
    }
}
