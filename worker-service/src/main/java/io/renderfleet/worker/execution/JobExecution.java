package io.renderfleet.worker.execution;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.ClaimOutcome;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.WorkerId;
import io.renderfleet.jobtype.JobRunners;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.telemetry.JobTraces;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Takes one message at a time from its claim to its end. A message is deleted only when its job is over or was sent
 * elsewhere. One that nobody will ever be able to work on is left to SQS, which gives up on it in the end; any other is
 * given back.
 *
 * <p>Thread-safe: each slot of a worker calls {@link #execute} on its own thread.
 */
public class JobExecution {
    /** How often running jobs are asked about: with the time to stop, a cancellation takes effect within five seconds. */
    static final Duration CANCEL_CHECK = Duration.ofSeconds(2);

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
    private final Set<RunningJob> running = ConcurrentHashMap.newKeySet();
    private final Executor renewals =
            command -> Thread.ofVirtual().name("heartbeat").start(command);
    private volatile boolean stopping;

    JobExecution(
            JobStore store,
            ResultStore results,
            JobRunners runners,
            ServedPools pools,
            WorkerSettings settings,
            AttemptLimits limits,
            WorkerId self,
            Clock clock,
            RandomGenerator random,
            MeterRegistry registry,
            JobTraces traces) {
        this.store = store;
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
     * Claims and runs the message's job, if it is there to be had. Never throws for what a job or AWS does.
     *
     * @return for how long no message can be worked on, because the job store does not answer; zero when it does
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
                    "Left a message of job {} for the dead-letter queue: this worker does not serve its pool {}",
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
            // The store has answered: this message alone is put off, for a worker that can read its job.
            counted.unreadableJob();
            warnOnce(delivery, "Put off a message of job {}: {}", message.jobId(), e.toString());
            messages.deferWithBackoff(queue, delivery);
            return Duration.ZERO;
        }
        outage.over();
        counted.claim(outcome);
        return decide(outcome, queue, delivery);
    }

    private ExecutionMetrics metrics(PoolName pool) {
        return Objects.requireNonNull(metrics.get(pool), "only jobs of pools that are served are claimed");
    }

    private Duration decide(ClaimOutcome outcome, JobQueue queue, Delivery delivery) {
        JobId id = delivery.message().jobId();
        switch (outcome) {
            case ClaimOutcome.Claimed(Job job) -> {
                if (job.attempt() == 1) {
                    metrics(job.pool()).started(Duration.between(job.createdAt(), clock.instant()));
                }
                return traces.in(id.uuid(), "run", () -> run(new RunningJob(job, queue, delivery)));
            }
            case ClaimOutcome.Terminal _, ClaimOutcome.Superseded _ ->
                acknowledgements.send(id, () -> queue.delete(delivery));
            case ClaimOutcome.LeaseLive(Instant until) ->
                messages.afterLease(queue, delivery, Duration.between(clock.instant(), until));
            case ClaimOutcome.OutOfTurn(Job before) -> messages.outOfTurn(queue, delivery, before);
            case ClaimOutcome.FromTheFuture(int epoch) -> {
                warnOnce(delivery, "Left a message of job {} alone: its route is ahead of the stored {}", id, epoch);
                messages.leaveForDeadLetters(queue, delivery);
            }
            case ClaimOutcome.Unknown _ -> {
                warnOnce(delivery, "Left a message alone: there is no job {}", id);
                messages.leaveForDeadLetters(queue, delivery);
            }
        }
        return Duration.ZERO;
    }

    /** A message that is left to SQS comes back until its receipts are used up: one line says it all. */
    private static void warnOnce(Delivery delivery, String line, Object... what) {
        log.atLevel(delivery.receiveCount() <= 1 ? Level.WARN : Level.DEBUG).log(line, what);
    }

    /** Gives a message back unclaimed, for another worker to have after the delay. */
    public void release(JobQueue queue, Delivery delivery, Duration delay) {
        messages.defer(queue, delivery, delay);
    }

    /** Tells everything under way to stop and be released, and claims nothing from here on. */
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
                .map(this::renewal)
                .toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> renewal(RunningJob job) {
        try {
            return CompletableFuture.runAsync(() -> renew(job), renewals);
        } catch (RuntimeException | Error e) {
            // No thread for one renewal must not keep the other jobs' leases from being renewed.
            log.warn(
                    "The lease of job {} was not renewed this time: {}",
                    job.job().id(),
                    e.toString());
            return CompletableFuture.completedFuture(null);
        }
    }

    private void renew(RunningJob job) {
        JobId id = job.job().id();
        try {
            var renewed = job.renew(store, clock, settings.lease(), settings.visibility());
            acknowledgements.send(id, () -> renewed);
        } catch (RuntimeException | Error e) {
            log.warn("The lease of job {} was not renewed this time: {}", id, e.toString());
        }
    }

    private Duration run(RunningJob job) {
        running.add(job);
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
            log.warn("How the attempt of job {} ended could not be written: {}", id, e.toString());
            metrics(job.job().pool()).attemptUnsettled();
            // Nobody can have the job before our lease is over, and then anybody can, at no charge.
            acknowledgements.send(
                    id, () -> job.defer(job.leaseLeft(clock.instant()).plusSeconds(1)));
            return e instanceof SdkException ? outage.failed(e) : Duration.ZERO;
        } finally {
            running.remove(job);
        }
    }

    /** Writes how far jobs are that have just started; the others tell it when they renew their leases. */
    void reportProgress() {
        Instant now = clock.instant();
        running.stream()
                .filter(job -> !job.isStopped() && job.isProgressDue(now, settings.heartbeat()))
                .forEach(job -> inBackground("progress", () -> job.report(store)));
    }

    /** Stops what somebody wants to be cancelled. Jobs that have just started are not asked about, so they cost nothing. */
    void stopCancelled() {
        Instant young = clock.instant().minus(CANCEL_CHECK);
        Map<JobId, RunningJob> asked = running.stream()
                .filter(job -> !job.isStopped() && job.started().isBefore(young))
                .limit(JobStore.MAX_CHECKED)
                .collect(Collectors.toMap(RunningJob::jobId, Function.identity(), (one, _) -> one));
        if (!asked.isEmpty()) {
            inBackground(
                    "cancel-check",
                    () -> store.cancelRequested(asked.keySet())
                            .forEach(id -> Objects.requireNonNull(asked.get(id)).stop(StopReason.CANCEL_REQUESTED)));
        }
    }

    private static void inBackground(String what, Runnable task) {
        Thread.ofVirtual().name(what).start(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.debug("{} failed this time: {}", what, e.toString());
            }
        });
    }

    /** What is under way, as it is just now. */
    Set<RunningJob> running() {
        return Set.copyOf(running);
    }

    /** How many threads of a pool's runners were left behind and still run. */
    int leftBehind(PoolName pool) {
        return threads.leftBehind(pool);
    }

    /** Stops what has run for longer than it may. Called often; a job learns of it within that time. */
    void enforceTimeouts() {
        var now = clock.instant();
        running.forEach(job -> job.enforceLimits(now));
    }
}
