package io.renderfleet.worker.execution;

import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.ClaimOutcome;
import io.renderfleet.job.HeartbeatOutcome;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.WorkerId;
import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueue;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one message at a time from its claim to its end. A message is deleted only when its job is over or was sent
 * elsewhere; on any doubt it is left to SQS, which hands it out again.
 *
 * <p>Thread-safe: each slot of a worker calls {@link #execute} on its own thread.
 */
public class JobExecution {
    private static final Logger log = LoggerFactory.getLogger(JobExecution.class);

    private final JobStore store;
    private final ResultStore results;
    private final List<JobRunner> runners;
    private final WorkerSettings settings;
    private final WorkerId self;
    private final Clock clock;
    private final RandomGenerator random;
    private final ExecutionMetrics metrics;
    private final Set<RunningJob> running = ConcurrentHashMap.newKeySet();

    JobExecution(
            JobStore store,
            ResultStore results,
            List<JobRunner> runners,
            WorkerSettings settings,
            WorkerId self,
            Clock clock,
            RandomGenerator random,
            ExecutionMetrics metrics) {
        this.store = store;
        this.results = results;
        this.runners = List.copyOf(runners);
        this.settings = settings;
        this.self = self;
        this.clock = clock;
        this.random = random;
        this.metrics = metrics;
    }

    /** Claims and runs the message's job, if it is there to be had. Never throws for what a job or AWS does. */
    public void execute(JobQueue queue, Delivery delivery) {
        var message = delivery.message();
        try {
            ClaimOutcome outcome =
                    store.claim(message.jobId(), message.routeEpoch(), settings.region(), self, settings.lease());
            metrics.claim(outcome);
            switch (outcome) {
                case ClaimOutcome.Claimed claimed -> run(new RunningJob(claimed.job(), queue, delivery));
                case ClaimOutcome.Terminal terminal -> acknowledge(queue.delete(delivery), message.jobId());
                case ClaimOutcome.Superseded superseded -> acknowledge(queue.delete(delivery), message.jobId());
                case ClaimOutcome.LeaseLive live ->
                    acknowledge(
                            queue.extend(delivery, untilAfter(Duration.between(clock.instant(), live.until()))),
                            message.jobId());
                case ClaimOutcome.FromTheFuture future ->
                    log.warn(
                            "Left a message of job {} alone: its route {} is ahead of the stored {}",
                            message.jobId(),
                            message.routeEpoch(),
                            future.currentEpoch());
                case ClaimOutcome.Unknown unknown ->
                    log.warn("Left a message alone: there is no job {}", message.jobId());
            }
        } catch (RuntimeException e) {
            log.warn("Job {} was left to be received again: {}", message.jobId(), e.toString());
            metrics.leftAlone();
        }
    }

    /** Tells everything under way to stop and be handed back. */
    public void interruptAll() {
        running.forEach(job -> job.stop(StopReason.SHUTDOWN));
    }

    /** Renews the leases of what is under way, and stops what has to. Called every {@link WorkerSettings#heartbeat}. */
    void heartbeat() {
        for (RunningJob job : running) {
            Thread.ofVirtual().name("heartbeat-" + job.job().id()).start(() -> heartbeat(job));
        }
    }

    private void heartbeat(RunningJob job) {
        try {
            HeartbeatOutcome outcome = store.heartbeat(job.job(), settings.lease(), job.progress());
            switch (outcome) {
                case RENEWED ->
                    acknowledge(job.hide(settings.visibility()), job.job().id());
                case CANCEL_REQUESTED -> job.stop(StopReason.CANCEL_REQUESTED);
                case LEASE_LOST -> job.stop(StopReason.LEASE_LOST);
            }
        } catch (RuntimeException e) {
            log.warn(
                    "The lease of job {} was not renewed this time: {}",
                    job.job().id(),
                    e.toString());
        }
    }

    private void run(RunningJob job) {
        running.add(job);
        long started = System.nanoTime();
        try {
            JobOutput output = runner(job.job()).run(job.job().spec(), job);
            if (job.isStopped()) {
                throw new StoppedException();
            }
            JobResult result = results.store(
                    settings.region(),
                    job.job().id(),
                    job.job().attempt(),
                    output.extension(),
                    output.contentType(),
                    output.content());
            if (store.complete(job.job(), result)) {
                acknowledge(job.delete(), job.job().id());
                metrics.completed(Duration.ofNanos(System.nanoTime() - started));
            } else {
                log.info(
                        "Discarded attempt {} of job {}: a newer one counts",
                        job.job().attempt(),
                        job.job().id());
                metrics.discarded();
            }
        } catch (JobRejectedException e) {
            settle(job, RetryDecision.rejected(e.error()));
        } catch (StoppedException e) {
            stopped(job);
        } catch (Exception | OutOfMemoryError | StackOverflowError e) {
            log.warn(
                    "Attempt {} of job {} failed",
                    job.job().attempt(),
                    job.job().id(),
                    e);
            settle(
                    job,
                    errored(
                            job.job(),
                            new JobError(
                                    "internal-error",
                                    "The worker could not finish the job; it is tried again where attempts are left.")));
        } finally {
            running.remove(job);
        }
    }

    private void stopped(RunningJob job) {
        Job claimed = job.job();
        switch (job.stopReason().orElse(StopReason.SHUTDOWN)) {
            case LEASE_LOST -> metrics.discarded();
            case CANCEL_REQUESTED -> {
                if (store.cancelled(claimed)) {
                    acknowledge(job.delete(), claimed.id());
                    metrics.cancelled();
                }
            }
            case SHUTDOWN ->
                settle(job, RetryDecision.interrupted(new JobError("interrupted", "The worker was shut down.")));
            case TIMED_OUT ->
                settle(
                        job,
                        errored(
                                claimed,
                                new JobError(
                                        "timed-out",
                                        "The attempt took longer than "
                                                + claimed.limits().timeout()
                                                + ". Ask for fewer samples or pixels, or for a longer timeout.")));
        }
    }

    private RetryDecision errored(Job job, JobError error) {
        return RetryDecision.errored(error, job.chargedAttempts(), job.limits().maxAttempts(), random);
    }

    private void settle(RunningJob job, RetryDecision decision) {
        Job claimed = job.job();
        metrics.ended(decision.outcome());
        switch (decision.next()) {
            case RetryDecision.Next.Fail fail -> {
                if (store.fail(claimed, decision.outcome(), decision.error())) {
                    log.info("Job {} failed: {}", claimed.id(), decision.error().code());
                    acknowledge(job.delete(), claimed.id());
                }
            }
            case RetryDecision.Next.HandBack handBack -> {
                if (store.handBack(claimed, decision.outcome(), decision.error())) {
                    acknowledge(job.hide(handBack.delay()), claimed.id());
                }
            }
        }
    }

    private JobRunner runner(Job job) {
        return runners.stream()
                .filter(runner -> runner.runs(job.spec()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "this worker does not know jobs of type " + job.spec().type()));
    }

    /** Stops what has run for longer than it may. Called often; a job learns of it within that time. */
    void enforceTimeouts() {
        var now = clock.instant();
        for (RunningJob job : running) {
            var started = job.job().startedAt();
            if (started != null && started.plus(job.job().limits().timeout()).isBefore(now)) {
                job.stop(StopReason.TIMED_OUT);
            }
        }
    }

    private static Duration untilAfter(Duration lease) {
        return lease.isNegative() ? Duration.ofSeconds(1) : lease.plusSeconds(1);
    }

    /** What SQS does not hear of comes again, and is then seen to be over: worth a line, not an error. */
    private static void acknowledge(CompletableFuture<Void> answer, Object job) {
        var _ = answer.whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn("SQS did not take the acknowledgement of job {}: {}", job, failure.toString());
            }
        });
    }
}
