package io.renderfleet.worker.execution;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.telemetry.JobTraces;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Claims the job of a message, runs it and settles the message. A message is deleted only when its job is over or was
 * sent elsewhere. A message that no worker can ever process is left for the dead-letter queue; any other message is
 * released or deferred.
 *
 * <p>Thread-safe: each slot of a worker calls {@link #execute} on its own thread.
 */
public class JobExecution {
    private static final Logger log = LoggerFactory.getLogger(JobExecution.class);

    private final JobStore store;
    private final WorkerSettings settings;
    private final WorkerId self;
    private final Clock clock;
    private final Map<PoolName, ExecutionMetrics> metrics = new HashMap<>();
    private final JobTraces traces;
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final RunnerThreads threads;
    private final Attempts attempts;
    private final MessageSettlement messages;
    private final StoreOutage outage;
    private final JobsInHand inHand;
    private final RunningJobs running;
    private volatile boolean stopping;

    JobExecution(
            JobStore store,
            ResultStore results,
            JobRunners runners,
            ServedPools pools,
            WorkerSettings settings,
            AttemptLimits limits,
            JobsInHand inHand,
            WorkerId self,
            Clock clock,
            RandomGenerator random,
            MeterRegistry registry,
            JobTraces traces) {
        this.store = store;
        this.inHand = inHand;
        this.running = new RunningJobs(store, settings, clock, acknowledgements);
        this.settings = settings;
        this.self = self;
        this.clock = clock;
        pools.names().forEach(pool -> metrics.put(pool, new ExecutionMetrics(registry, pool)));
        this.traces = traces;
        this.threads = new RunnerThreads(pools, settings.stopGrace());
        this.attempts = new Attempts(
                store,
                job -> new RunnerAttempt(job, results, settings.region(), limits, settings.killAfter()),
                runners,
                new MemoryBudget(settings.memoryForJobs()),
                threads,
                traces,
                clock,
                random,
                this::metrics,
                acknowledgements);
        this.messages = new MessageSettlement(acknowledgements, settings.region(), random);
        this.outage = new StoreOutage(clock, random);
    }

    /**
     * Claims and runs the message's job, if it can be claimed. Never throws because of a job or of AWS.
     *
     * @return how long to receive no messages, because the job store does not respond; zero if it does
     */
    public Duration execute(JobQueue queue, Delivery delivery) {
        if (stopping) {
            release(queue, delivery, Duration.ZERO);
            return Duration.ZERO;
        }
        var message = delivery.message();
        if (!metrics.containsKey(message.pool())) {
            warnOnce(
                    delivery,
                    "Leaving a message of job {} for the dead-letter queue: this worker does not serve its pool {}."
                            + " Check renderfleet.pools and renderfleet.worker.pools.",
                    message.jobId(),
                    message.pool());
            messages.leaveForDeadLetters(queue, delivery);
            return Duration.ZERO;
        }
        ExecutionMetrics counted = metrics(message.pool());
        ClaimOutcome outcome;
        try {
            outcome = store.claim(message.jobId(), message.routeEpoch(), settings.region(), self, settings.lease());
        } catch (SdkException e) {
            counted.claimFailed();
            Duration pause = outage.failed(e);
            messages.defer(queue, delivery, pause);
            return pause;
        } catch (RuntimeException | Error e) {
            // The store has responded, so only this message is deferred, for a worker that can read its job.
            counted.unreadableJob();
            warnOnce(
                    delivery,
                    "Could not read job {}; deferring its message for a worker that can: {}",
                    message.jobId(),
                    e.toString());
            messages.deferWithBackoff(queue, delivery);
            return Duration.ZERO;
        }
        outage.succeeded();
        counted.claim(outcome);
        return decide(outcome, queue, delivery);
    }

    ExecutionMetrics metrics(PoolName pool) {
        return Objects.requireNonNull(metrics.get(pool), "only jobs of served pools are claimed");
    }

    private Duration decide(ClaimOutcome outcome, JobQueue queue, Delivery delivery) {
        JobId id = delivery.message().jobId();
        switch (outcome) {
            case ClaimOutcome.Claimed(Job job) -> {
                if (job.attempt() == 1) {
                    metrics(job.pool()).started(Duration.between(job.createdAt(), clock.instant()));
                }
                return traces.in(
                        id.uuid(), delivery.message().trace(), "run", () -> run(new RunningJob(job, queue, delivery)));
            }
            case ClaimOutcome.Terminal _, ClaimOutcome.Superseded _ ->
                acknowledgements.send(id, () -> queue.delete(delivery));
            case ClaimOutcome.LeaseLive(Instant until) ->
                messages.afterLease(queue, delivery, Duration.between(clock.instant(), until));
            case ClaimOutcome.OutOfTurn(Job before) -> messages.outOfTurn(queue, delivery, before);
            case ClaimOutcome.FromTheFuture(int epoch) -> {
                warnOnce(
                        delivery,
                        "Leaving a message of job {} for the dead-letter queue: its route epoch is greater than {},"
                                + " the one in the jobs table. The table may have been restored from a backup.",
                        id,
                        epoch);
                messages.leaveForDeadLetters(queue, delivery);
            }
            case ClaimOutcome.Unknown _ -> {
                warnOnce(delivery, "Leaving a message for the dead-letter queue: job {} does not exist", id);
                messages.leaveForDeadLetters(queue, delivery);
            }
        }
        return Duration.ZERO;
    }

    /** Warns at the first receipt only, because SQS delivers the message again until its receipts are used up. */
    private static void warnOnce(Delivery delivery, String line, Object... arguments) {
        log.atLevel(delivery.receiveCount() <= 1 ? Level.WARN : Level.DEBUG).log(line, arguments);
    }

    /** Makes an unclaimed message visible to other workers after the delay. */
    public void release(JobQueue queue, Delivery delivery, Duration delay) {
        messages.defer(queue, delivery, delay);
    }

    /** Stops and releases all running jobs, and claims no more. */
    public void interruptAll() {
        stopping = true;
        running.stopAll(StopReason.SHUTDOWN);
    }

    /** Waits until all pending deletions and releases of messages have ended, up to the limit. */
    public void awaitAcknowledgements(Duration limit) throws InterruptedException {
        acknowledgements.await(limit);
    }

    private Duration run(RunningJob job) {
        running.add(job);
        inHand.add(job.job());
        if (stopping) {
            job.stop(StopReason.SHUTDOWN);
        }
        if (job.job().cancelRequested()) {
            job.stop(StopReason.CANCEL_REQUESTED);
        }
        try {
            attempts.run(job);
            return Duration.ZERO;
        } catch (RuntimeException | Error e) {
            JobId id = job.job().id();
            log.warn(
                    "Could not write the outcome of the attempt of job {}; a worker runs the job again when the lease"
                            + " has expired: {}",
                    id,
                    e.toString());
            metrics(job.job().pool()).attemptUnsettled();
            // No other worker can claim the job before this lease ends; then any worker can, and is not charged.
            acknowledgements.send(
                    id, () -> job.defer(job.leaseLeft(clock.instant()).plusSeconds(1)));
            return e instanceof SdkException ? outage.failed(e) : Duration.ZERO;
        } finally {
            running.remove(job);
            inHand.remove(job.job());
        }
    }

    /** The jobs that run now. */
    RunningJobs running() {
        return running;
    }

    /** The number of threads of the pool's runners that were left behind and still run. */
    int leftBehind(PoolName pool) {
        return threads.leftBehind(pool);
    }
}
