package io.renderfleet.worker.execution;

import io.renderfleet.job.HeartbeatOutcome;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.Lease;
import io.renderfleet.jobtype.JobRunner;
import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A claimed job under way: how far it is, how long it is ours, and whether it was told to stop. The first reason to stop
 * stays. What SQS is told about its message arrives in the order it was said, and nothing after the last word.
 */
final class RunningJob implements JobRunner.Run {
    private final Job job;
    private final JobQueue queue;
    private final Delivery delivery;
    private final AtomicReference<@Nullable StopReason> stop = new AtomicReference<>();
    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile Instant leaseUntil;
    private volatile double fraction;
    private CompletableFuture<Void> lastSaid = CompletableFuture.completedFuture(null);
    private boolean over;

    RunningJob(Job job, JobQueue queue, Delivery delivery) {
        this.job = job;
        this.queue = queue;
        this.delivery = delivery;
        Lease lease = Objects.requireNonNull(job.lease(), "a claimed job has a lease");
        this.leaseUntil = lease.until();
    }

    Job job() {
        return job;
    }

    /** Deletes the job's message: the job is over. */
    CompletableFuture<Void> delete() {
        return say(true, () -> queue.delete(delivery));
    }

    /** Gives the job's message back, visible after the delay: the job is somebody else's. */
    CompletableFuture<Void> handBack(Duration delay) {
        return say(true, () -> queue.putBack(delivery, delay));
    }

    private synchronized CompletableFuture<Void> say(boolean lastWord, Supplier<CompletableFuture<Void>> words) {
        if (over) {
            return CompletableFuture.completedFuture(null);
        }
        over = lastWord;
        lastSaid = lastSaid.exceptionally(_ -> null).thenCompose(_ -> words.get());
        return lastSaid;
    }

    /**
     * Renews the lease, and hides the message for as long again where it was. One renewal at a time: while one is
     * waiting for its answer another does nothing.
     *
     * @return done when SQS has heard of it
     */
    CompletableFuture<Void> renew(JobStore store, Clock clock, Duration lease, Duration visibility) {
        if (!renewing.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        try {
            // Our own idea of the lease must not outlive the store's, so it counts from before the call.
            Instant asked = clock.instant();
            HeartbeatOutcome outcome = store.heartbeat(job, lease, progress());
            if (outcome == HeartbeatOutcome.LEASE_LOST) {
                stop(StopReason.LEASE_LOST);
                return CompletableFuture.completedFuture(null);
            }
            leaseUntil = asked.plus(lease);
            if (outcome == HeartbeatOutcome.CANCEL_REQUESTED) {
                stop(StopReason.CANCEL_REQUESTED);
            }
            return say(false, () -> queue.extend(delivery, visibility));
        } finally {
            renewing.set(false);
        }
    }

    /** Whether the lease ends by then. */
    boolean leaseEndsBy(Instant then) {
        return !leaseUntil.isAfter(then);
    }

    /** For how long nobody else can have the job; zero when the lease is over. */
    Duration leaseLeft(Instant now) {
        Duration left = Duration.between(now, leaseUntil);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Stops a job that has run for longer than it may, or whose lease ended because nobody could renew it. */
    void enforceLimits(Instant now) {
        if (now.isAfter(leaseUntil)) {
            stop(StopReason.LEASE_LOST);
        }
        Instant started = job.startedAt();
        if (started != null && now.isAfter(started.plus(job.limits().timeout()))) {
            stop(StopReason.TIMED_OUT);
        }
    }

    void stop(StopReason reason) {
        stop.compareAndSet(null, reason);
    }

    Optional<StopReason> stopReason() {
        return Optional.ofNullable(stop.get());
    }

    /** Percent; 100 only once the job is COMPLETED. */
    private int progress() {
        return Math.clamp((long) (fraction * 100), 0, 99);
    }

    @Override
    public void progress(double fraction) {
        this.fraction = fraction;
    }

    @Override
    public boolean isStopped() {
        return stop.get() != null;
    }
}
