package io.renderfleet.worker.execution;

import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobPayload;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStore;
import io.renderfleet.jobtype.JobOutput;
import io.renderfleet.jobtype.JobRejectedException;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.jobtype.StoppedException;
import io.renderfleet.jobtype.UnreadablePayloadException;
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

/** Takes a claimed job through one attempt, and writes how it ended. */
final class Attempts {
    private static final Logger log = LoggerFactory.getLogger(Attempts.class);
    private static final JobError INTERRUPTED = new JobError("interrupted", "The worker was shut down.");
    static final JobError THROTTLED =
            new JobError("throttled", "AWS asked for fewer calls. The job goes on by itself a little later.");
    private static final JobError DEFERRED = new JobError(
            "deferred", "There was no capacity for the job. It is tried again by itself once there is some.");
    private static final JobError INTERNAL = new JobError(
            "internal-error", "The worker could not finish the job; it is tried again where attempts are left.");

    private static final JobError NOT_UNDERSTOOD = new JobError(
            "not-understood", "The worker is older than the job. The job goes on by itself where a newer one is.");
    private static final JobError NOBODY_UNDERSTOOD = new JobError(
            "not-understood",
            "No worker could read the job, which a newer version accepted. Update the workers, then retry the job.");
    private static final JobError PAYLOAD_GONE =
            new JobError("payload-gone", "What the job is to do is no longer stored. Submit a new job.");

    /** With the backoff between them about half an hour, more than an update of the workers takes. */
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

    /** Throws only what the job store throws when it cannot be told how the attempt ended. */
    void run(RunningJob job) {
        long started = System.nanoTime();
        RunnerAttempt attempt = starter.apply(job);
        try {
            JobResult result = result(job, attempt);
            if (store.complete(job.job(), result, job.artifacts())) {
                acknowledgements.send(job.job().id(), job::delete);
                metrics(job).completed(Duration.ofNanos(System.nanoTime() - started));
            } else {
                discarded(job);
            }
        } catch (StoppedException e) {
            stopped(job);
        } catch (Exception | Error e) {
            // Errors too: a job that ends its slot's thread would be taken over by worker after worker, at no charge.
            failed(job, e);
        } finally {
            attempt.deleteScratch();
        }
    }

    private JobResult result(RunningJob job, RunnerAttempt attempt) throws Exception {
        goOn(job);
        JobRunner runner = runner(job.job());
        JobPayload payload = payload(job.job());
        Runnable room = memory.reserve(runner.memory(payload), job::isStopped);
        Runnable ended = () -> {
            room.run();
            // A runner that was left behind may have written to it since it was deleted.
            attempt.deleteScratch();
        };
        try {
            return threads.run(
                    job, attempt::enforceLimits, ended, traces.carried(() -> result(runner, payload, job, attempt)));
        } finally {
            attempt.end();
        }
    }

    /** On the runner's thread, so that a stop ends the upload of the result too. */
    private static JobResult result(JobRunner runner, JobPayload payload, RunningJob job, RunnerAttempt attempt)
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
        // The last look came up to a second ago.
        attempt.enforceLimits();
        goOn(job);
        return attempt.storeResult(output);
    }

    private ExecutionMetrics metrics(RunningJob job) {
        return metrics.apply(job.job().pool());
    }

    private static void goOn(RunningJob job) {
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
                // What breaks on the way out of a stop is not the job's fault.
                log.info("Attempt {} of job {} broke off: {}", claimed.attempt(), claimed.id(), failure.toString());
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
                log.warn("Attempt {} of job {} is left to another worker: {}", claimed.attempt(), claimed.id(), reason);
                int before = timesInARow(claimed, NOT_UNDERSTOOD);
                settle(
                        job,
                        before + 1 < MAX_NOT_UNDERSTOOD
                                ? RetryDecision.uncharged(NOT_UNDERSTOOD, before, random)
                                : RetryDecision.rejected(NOBODY_UNDERSTOOD));
            }
            case FailureCause.Transient _ -> {
                log.warn("Attempt {} of job {} failed", claimed.attempt(), claimed.id(), failure);
                settle(job, errored(claimed, INTERNAL));
            }
        }
    }

    /** In a row, up to now. */
    static int timesInARow(Job job, JobError wanted) {
        int times = 0;
        for (Attempt attempt : job.attempts().reversed()) {
            // By its code: the text is for people, and another version may have written it.
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
                                                + ". Ask for less in one job, or for a longer timeout.")));
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
                store.release(claimed, decision.outcome(), decision.error(), job.artifacts());
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

    /** The message stays as it is: it belongs to whoever has the job now. */
    private void discarded(RunningJob job) {
        log.info(
                "Discarded attempt {} of job {}: its lease was lost",
                job.job().attempt(),
                job.job().id());
        metrics(job).discarded();
    }
}
