package io.renderfleet.worker.execution;

import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.ClaimOutcome;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.WorkerId;
import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
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
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final Set<RunningJob> running = ConcurrentHashMap.newKeySet();
    private final Executor renewals =
            command -> Thread.ofVirtual().name("heartbeat").start(command);
    private volatile boolean stopping;

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
        if (stopping) {
            refuse(queue, delivery, Duration.ZERO);
            return;
        }
        try {
            ClaimOutcome outcome =
                    store.claim(message.jobId(), message.routeEpoch(), settings.region(), self, settings.lease());
            metrics.claim(outcome);
            switch (outcome) {
                case ClaimOutcome.Claimed claimed -> run(new RunningJob(claimed.job(), queue, delivery));
                case ClaimOutcome.Terminal _, ClaimOutcome.Superseded _ ->
                    acknowledgements.send(message.jobId(), () -> queue.delete(delivery));
                case ClaimOutcome.LeaseLive live ->
                    putBack(queue, delivery, untilAfter(Duration.between(clock.instant(), live.until())));
                case ClaimOutcome.OutOfTurn(Job before) -> outOfTurn(queue, delivery, before);
                case ClaimOutcome.FromTheFuture future ->
                    log.warn(
                            "Left a message of job {} alone: its route {} is ahead of the stored {}",
                            message.jobId(),
                            message.routeEpoch(),
                            future.currentEpoch());
                case ClaimOutcome.Unknown unknown ->
                    log.warn("Left a message alone: there is no job {}", message.jobId());
            }
        } catch (RuntimeException | Error e) {
            log.warn("Job {} was left to be received again: {}", message.jobId(), e.toString());
            metrics.leftAlone();
        }
    }

    /** Gives a message back unclaimed, for another worker to have after the delay. */
    public void refuse(JobQueue queue, Delivery delivery, Duration delay) {
        putBack(queue, delivery, delay);
    }

    private void putBack(JobQueue queue, Delivery delivery, Duration delay) {
        acknowledgements.send(delivery.message().jobId(), () -> queue.putBack(delivery, delay));
    }

    /**
     * The job before it in its ordering key is not over. Usually that one's message comes first and this does not
     * happen; after a new route or a loss that message may be behind this one, which must then let it pass.
     */
    private void outOfTurn(JobQueue queue, Delivery delivery, Job before) {
        boolean maybeBehind = before.status() == JobStatus.PENDING
                && (before.region() == null || settings.region().equals(before.region()));
        if (maybeBehind && delivery.receiveCount() > 1) {
            acknowledgements.send(delivery.message().jobId(), () -> queue.replace(delivery, Duration.ZERO));
        } else {
            putBack(queue, delivery, Duration.ofSeconds(1L << Math.min(delivery.receiveCount() - 1, 5)));
        }
    }

    /** Tells everything under way to stop and be handed back, and claims nothing from here on. */
    public void interruptAll() {
        stopping = true;
        running.forEach(job -> job.stop(StopReason.SHUTDOWN));
    }

    /** Waits until SQS has been told of all that was decided, for this long at most. */
    public void awaitAcknowledgements(Duration limit) throws InterruptedException {
        acknowledgements.await(limit);
    }

    /**
     * Renews the leases that are this old, and stops what has to. A job that ends sooner costs no write for its lease.
     *
     * @param age since the lease was taken or last renewed
     * @return done when each renewal has ended in some way
     */
    CompletableFuture<Void> heartbeat(Duration age) {
        Instant due = clock.instant().plus(settings.lease()).minus(age);
        return CompletableFuture.allOf(running.stream()
                .filter(job -> job.leaseEndsBy(due))
                .map(job -> CompletableFuture.runAsync(() -> renew(job), renewals))
                .toArray(CompletableFuture<?>[]::new));
    }

    private void renew(RunningJob job) {
        JobId id = job.job().id();
        try {
            var renewed = job.renew(store, clock, settings.lease(), settings.visibility());
            acknowledgements.send(id, () -> renewed);
        } catch (RuntimeException e) {
            log.warn("The lease of job {} was not renewed this time: {}", id, e.toString());
        }
    }

    private void run(RunningJob job) {
        running.add(job);
        if (stopping) {
            job.stop(StopReason.SHUTDOWN);
        }
        if (job.job().cancelRequested()) {
            job.stop(StopReason.CANCEL_REQUESTED);
        }
        long started = System.nanoTime();
        try {
            if (job.isStopped()) {
                throw new StoppedException();
            }
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
                acknowledgements.send(job.job().id(), job::delete);
                metrics.completed(Duration.ofNanos(System.nanoTime() - started));
            } else {
                discarded(job);
            }
        } catch (JobRejectedException e) {
            settle(job, RetryDecision.rejected(e.error()));
        } catch (StoppedException e) {
            stopped(job);
        } catch (Exception | Error e) {
            // Errors too: a job that ends its slot's thread would be taken over by worker after worker, at no charge.
            failed(job, e);
        } finally {
            running.remove(job);
        }
    }

    private void failed(RunningJob job, Throwable failure) {
        Job claimed = job.job();
        if (job.isStopped()) {
            // What breaks on the way out of a stop is not the job's fault.
            log.info("Attempt {} of job {} broke off: {}", claimed.attempt(), claimed.id(), failure.toString());
            stopped(job);
            return;
        }
        log.warn("Attempt {} of job {} failed", claimed.attempt(), claimed.id(), failure);
        settle(
                job,
                errored(
                        claimed,
                        new JobError(
                                "internal-error",
                                "The worker could not finish the job; it is tried again where attempts are left.")));
    }

    private void stopped(RunningJob job) {
        Job claimed = job.job();
        switch (job.stopReason().orElse(StopReason.SHUTDOWN)) {
            case LEASE_LOST -> discarded(job);
            case CANCEL_REQUESTED -> {
                if (store.cancelled(claimed)) {
                    acknowledgements.send(claimed.id(), job::delete);
                    metrics.cancelled();
                } else {
                    discarded(job);
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
        boolean settled = switch (decision.next()) {
            case RetryDecision.Next.Fail _ -> store.fail(claimed, decision.outcome(), decision.error());
            case RetryDecision.Next.HandBack _ -> store.handBack(claimed, decision.outcome(), decision.error());
        };
        if (!settled) {
            discarded(job);
            return;
        }
        metrics.ended(decision.outcome());
        switch (decision.next()) {
            case RetryDecision.Next.Fail _ -> {
                log.info("Job {} failed: {}", claimed.id(), decision.error().code());
                acknowledgements.send(claimed.id(), job::delete);
            }
            case RetryDecision.Next.HandBack handBack ->
                acknowledgements.send(claimed.id(), () -> job.handBack(handBack.delay()));
        }
    }

    /** The message stays as it is: it belongs to whoever has the job now. */
    private void discarded(RunningJob job) {
        log.info(
                "Discarded attempt {} of job {}: its lease was lost",
                job.job().attempt(),
                job.job().id());
        metrics.discarded();
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
        running.forEach(job -> job.enforceLimits(now));
    }

    private static Duration untilAfter(Duration lease) {
        return lease.isNegative() ? Duration.ofSeconds(1) : lease.plusSeconds(1);
    }
}
