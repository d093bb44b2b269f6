package io.renderfleet.worker.execution;

import io.renderfleet.completion.CompletionEvent;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStore;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.AttemptException.UnreadablePayloadException;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.jobtype.JobRunner.JobOutput;
import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.pool.PoolName;
import io.renderfleet.telemetry.JobTraces;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one attempt of a claimed job and settles it: writes the outcome to the job store, then deletes or releases the
 * message.
 *
 * <p>Thread-safe.
 */
final class Attempts {
    private static final Logger log = LoggerFactory.getLogger(Attempts.class);
    static final JobError INTERRUPTED = new JobError("interrupted", "The worker was shut down.");
    static final JobError THROTTLED =
            new JobError("throttled", "A service throttled the job's requests. The job is retried automatically.");
    private static final JobError DEFERRED = new JobError(
            "deferred", "There was no capacity for the job. It is retried automatically when there is capacity.");
    private static final JobError INTERNAL = new JobError(
            "internal-error",
            "The worker could not finish the job. It is retried automatically if it has attempts left.");

    private static final JobError NOT_UNDERSTOOD = new JobError(
            "not-understood",
            "The worker's version is older than the job and cannot read it. The job is retried automatically on"
                    + " another worker.");
    private static final JobError NEVER_UNDERSTOOD = new JobError(
            "not-understood",
            "No worker could read the job, because a newer version accepted it. Update the workers and retry the job.");
    private static final JobError PAYLOAD_GONE =
            new JobError("payload-gone", "The job's payload is no longer stored. Submit a new job.");

    /** With the backoff between the attempts this takes about half an hour, longer than an update of the workers. */
    private static final int MAX_NOT_UNDERSTOOD = 20;

    private final JobStore store;
    private final Function<RunningJob, RunnerAttempt> starter;
    private final JobRunners runners;
    private final MemoryBudget memory;
    private final RunnerThreads threads;
    private final JobTraces traces;
    private final Clock clock;
    private final RandomGenerator random;
    private final Function<PoolName, ExecutionMetrics> metrics;
    private final Acknowledgements acknowledgements;

    Attempts(
            JobStore store,
            Function<RunningJob, RunnerAttempt> starter,
            JobRunners runners,
            MemoryBudget memory,
            RunnerThreads threads,
            JobTraces traces,
            Clock clock,
            RandomGenerator random,
            Function<PoolName, ExecutionMetrics> metrics,
            Acknowledgements acknowledgements) {
        this.store = store;
        this.starter = starter;
        this.runners = runners;
        this.memory = memory;
        this.threads = threads;
        this.traces = traces;
        this.clock = clock;
        this.random = random;
        this.metrics = metrics;
        this.acknowledgements = acknowledgements;
    }

    /** Runs and settles the attempt. Throws only exceptions of the job store, when the outcome could not be written. */
    void run(RunningJob job) {
        long started = System.nanoTime();
        RunnerAttempt attempt = starter.apply(job);
        try {
            Output output = result(job, attempt);
            if (store.complete(job.job(), output.result(), output.json(), job.artifacts())) {
                acknowledgements.send(job.job().id(), job::delete);
                metrics(job).completed(Duration.ofNanos(System.nanoTime() - started));
            } else {
                discarded(job);
            }
        } catch (StoppedException e) {
            stopped(job);
        } catch (Exception | Error e) {
            // Errors too: if a job ended its slot's thread, every worker would take it over in turn, never charged.
            failed(job, e);
        } finally {
            attempt.deleteScratch();
        }
    }

    /**
     * The result of an attempt.
     *
     * @param json its content for the job's completion event; null when the job wants none, or it is too large or not
     *     JSON
     */
    private record Output(JobResult result, @Nullable String json) {}

    private Output result(RunningJob job, RunnerAttempt attempt) throws Exception {
        throwIfStopped(job);
        JobRunner runner = runner(job.job());
        JobPayload payload = payload(job.job());
        Runnable room = memory.reserve(runner.memory(payload), job::isStopped);
        Runnable ended = () -> {
            room.run();
            // A runner that was left behind may have created files after the first deletion.
            attempt.deleteScratch();
        };
        try {
            return threads.run(
                    job, attempt::enforceLimits, ended, traces.carried(() -> result(runner, payload, job, attempt)));
        } finally {
            attempt.end();
        }
    }

    /** Called on the runner's thread, so that an interrupt also ends the upload of the result. */
    private Output result(JobRunner runner, JobPayload payload, RunningJob job, RunnerAttempt attempt)
            throws Exception {
        @Nullable JobOutput output;
        try {
            output = runner.run(payload, attempt);
        } finally {
            attempt.endPrograms();
        }
        if (output == null || !Files.isRegularFile(output.file())) {
            throw new IllegalStateException("the runner of the type " + runner.type() + " returned no output");
        }
        // The last check was up to a second ago.
        attempt.enforceLimits();
        throwIfStopped(job);
        JobResult result = traces.part("store", () -> attempt.storeResult(output));
        boolean inEvent =
                !job.job().completion().isNone() && CompletionEvent.hasRoomFor(result.contentType(), result.bytes());
        return new Output(result, inEvent ? Files.readString(output.file()) : null);
    }

    private ExecutionMetrics metrics(RunningJob job) {
        return metrics.apply(job.job().pool());
    }

    private static void throwIfStopped(RunningJob job) {
        if (job.isStopped()) {
            throw new StoppedException();
        }
    }

    private JobRunner runner(Job job) {
        return runners.find(job.type())
                .orElseThrow(() ->
                        new UnreadablePayloadException("this worker does not run jobs of the type " + job.type()));
    }

    private JobPayload payload(Job job) {
        return store.payload(job).orElseThrow(() -> new JobRejectedException(PAYLOAD_GONE));
    }

    private void failed(RunningJob job, Throwable failure) {
        Job claimed = job.job();
        switch (FailureCause.of(failure)) {
            case FailureCause.Permanent(JobError error) -> settle(job, RetryDecision.rejected(error));
            case FailureCause _
            when job.isStopped() -> {
                // An exception after a stop is a consequence of the stop and is not charged to the job.
                log.info(
                        "Attempt {} of job {} was stopped and threw {}",
                        claimed.attempt(),
                        claimed.id(),
                        failure.toString());
                stopped(job);
            }
            case FailureCause.Throttled(Duration retryAfter) -> {
                log.info("Attempt {} of job {} was throttled: {}", claimed.attempt(), claimed.id(), failure.toString());
                settle(
                        job,
                        RetryDecision.uncharged(THROTTLED, timesInARow(claimed, THROTTLED), random)
                                .noSoonerThan(retryAfter));
            }
            case FailureCause.Deferred(Instant until) -> {
                log.info("Attempt {} of job {} is deferred until {}", claimed.attempt(), claimed.id(), until);
                settle(job, RetryDecision.deferred(DEFERRED, Duration.between(clock.instant(), until)));
            }
            case FailureCause.NotForThisWorker(String reason) -> {
                log.warn(
                        "Attempt {} of job {} needs a newer worker; releasing the job: {}",
                        claimed.attempt(),
                        claimed.id(),
                        reason);
                int before = timesInARow(claimed, NOT_UNDERSTOOD);
                settle(
                        job,
                        before + 1 < MAX_NOT_UNDERSTOOD
                                ? RetryDecision.uncharged(NOT_UNDERSTOOD, before, random)
                                : RetryDecision.rejected(NEVER_UNDERSTOOD));
            }
            case FailureCause.OutOfMemory _ -> {
                log.error("Attempt {} of job {} ran out of memory", claimed.attempt(), claimed.id(), failure);
                settle(job, RetryDecision.outOfMemory(claimed, random));
            }
            case FailureCause.Transient _ -> {
                log.warn("Attempt {} of job {} failed", claimed.attempt(), claimed.id(), failure);
                settle(job, errored(claimed, INTERNAL));
            }
        }
    }

    /** How many of the latest attempts ended with this error, without another outcome between them. */
    static int timesInARow(Job job, JobError wanted) {
        int times = 0;
        for (Attempt attempt : job.attempts().reversed()) {
            // Compares the code only, because another version may have written another text.
            JobError error = attempt.error();
            if (error == null || !wanted.code().equals(error.code())) {
                break;
            }
            times++;
        }
        return times;
    }

    private void stopped(RunningJob job) {
        Job claimed = job.job();
        switch (job.stopReason().orElse(StopReason.SHUTDOWN)) {
            case LEASE_LOST -> discarded(job);
            case CANCEL_REQUESTED -> {
                if (store.cancelled(claimed, job.artifacts())) {
                    acknowledgements.send(claimed.id(), job::delete);
                    metrics(job).cancelled();
                } else {
                    discarded(job);
                }
            }
            case SHUTDOWN -> settle(job, RetryDecision.interrupted(INTERRUPTED));
            case LIMIT_EXCEEDED ->
                settle(job, RetryDecision.rejected(Objects.requireNonNull(job.exceeded(), "a limit was exceeded")));
            case TIMED_OUT ->
                settle(
                        job,
                        errored(
                                claimed,
                                new JobError(
                                        "timed-out",
                                        "The attempt took longer than "
                                                + claimed.limits().timeout()
                                                + ". Request less work in one job, or a longer timeout.")));
        }
    }

    private RetryDecision errored(Job job, JobError error) {
        return RetryDecision.errored(error, job.chargedAttempts(), job.limits().maxAttempts(), random);
    }

    private void settle(RunningJob job, RetryDecision decision) {
        Job claimed = job.job();
        boolean settled = switch (decision.next()) {
            case RetryDecision.Next.Fail _ ->
                store.fail(claimed, decision.outcome(), decision.error(), job.artifacts());
            case RetryDecision.Next.Defer _, RetryDecision.Next.Resend _ ->
                store.release(claimed, decision.outcome(), decision.error(), job.artifacts(), job.unwrittenKept());
        };
        if (!settled) {
            discarded(job);
            return;
        }
        metrics(job).ended(decision.outcome());
        switch (decision.next()) {
            case RetryDecision.Next.Fail _ -> {
                log.info("Job {} failed: {}", claimed.id(), decision.error().code());
                acknowledgements.send(claimed.id(), job::delete);
            }
            case RetryDecision.Next.Defer defer -> acknowledgements.send(claimed.id(), () -> job.defer(defer.delay()));
            case RetryDecision.Next.Resend resend ->
                acknowledgements.send(claimed.id(), () -> job.resend(resend.delay()));
        }
    }

    /** Does not change the message, because the job belongs to another worker now. */
    private void discarded(RunningJob job) {
        log.info(
                "Discarded attempt {} of job {}: the lease was lost and another worker may have the job",
                job.job().attempt(),
                job.job().id());
        metrics(job).discarded();
    }
}
