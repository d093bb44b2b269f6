package io.renderfleet.worker.execution;

import io.renderfleet.job.Artifact;
import io.renderfleet.job.HeartbeatOutcome;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.Lease;
import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
final class RunningJob {
    private final Job job;
    private final JobQueue queue;
    private final Delivery delivery;
    /** Done when the attempt is to stop, with the reason: the first one stays. */
    private final CompletableFuture<StopReason> stop = new CompletableFuture<>();

    /** What a stop for an exceeded limit says. */
    private final AtomicReference<@Nullable JobError> exceeded = new AtomicReference<>();

    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile Instant leaseUntil;
    private volatile double fraction;
    private volatile List<Artifact> artifacts = List.of();
    /** What was written last of those. */
    private volatile List<Artifact> toldArtifacts = artifacts;
    /** The percentage that was written last. */
    private volatile int told;
    /** How often it was time to write progress. */
    private int reports;

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
    CompletableFuture<Void> defer(Duration delay) {
        return say(true, () -> queue.defer(delivery, delay));
    }

    /**
     * Sends the job's message anew, to be delivered after the delay, and deletes it. A FIFO queue delays no single message:
     * there it is hidden instead.
     */
    CompletableFuture<Void> resend(Duration delay) {
        return delivery.message().lane().isFifo() ? defer(delay) : say(true, () -> queue.resend(delivery, delay));
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
        // Past its deadline an attempt has the rest of its lease to stop in, and no more.
        if (stop.getNow(StopReason.SHUTDOWN) == StopReason.TIMED_OUT || !renewing.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        try {
            // Our own idea of the lease must not outlive the store's, so it counts from before the call.
            Instant asked = clock.instant();
            told = progress();
            List<Artifact> made = artifacts;
            HeartbeatOutcome outcome = store.heartbeat(job, lease, told, untold(made));
            toldArtifacts = made;
            heed(outcome);
            if (outcome == HeartbeatOutcome.LEASE_LOST) {
                return CompletableFuture.completedFuture(null);
            }
            leaseUntil = asked.plus(lease);
            return say(false, () -> queue.extend(delivery, visibility));
        } finally {
            renewing.set(false);
        }
    }

    /** Whether progress is to be written now: 1, 2, 4, 8 and so on seconds after the start, while renewals come later. */
    boolean isProgressDue(Instant now, Duration heartbeat) {
        Duration step = Duration.ofSeconds(1L << reports);
        if (step.compareTo(heartbeat) >= 0 || Duration.between(started(), now).compareTo(step) < 0) {
            return false;
        }
        reports++;
        return progress() != told;
    }

    /** Writes how far the job is, and stops it when the store says so. */
    void report(JobStore store) {
        told = progress();
        List<Artifact> made = artifacts;
        heed(store.progress(job, told, untold(made)));
        toldArtifacts = made;
    }

    /** Nothing when they were written before: those are kept. */
    @SuppressWarnings("ReferenceEquality") // Each change makes another list.
    private List<Artifact> untold(List<Artifact> made) {
        return made == toldArtifacts ? List.of() : made;
    }

    private void heed(HeartbeatOutcome outcome) {
        switch (outcome) {
            case LEASE_LOST -> stop(StopReason.LEASE_LOST);
            case CANCEL_REQUESTED -> stop(StopReason.CANCEL_REQUESTED);
            case RENEWED -> {}
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
        if (now.isAfter(deadline())) {
            stop(StopReason.TIMED_OUT);
        }
    }

    void stop(StopReason reason) {
        stop.complete(reason);
    }

    /** Stops an attempt that takes more than it may. The error is the one of its job, unless it was told to stop before. */
    void exceed(JobError error) {
        if (exceeded.compareAndSet(null, error)) {
            stop(StopReason.LIMIT_EXCEEDED);
        }
    }

    /** Which limit was exceeded first; null when none was. */
    @Nullable
    JobError exceeded() {
        return exceeded.get();
    }

    /** Remembers all that the attempt has made so far beside its result. */
    void made(List<Artifact> made) {
        artifacts = made;
    }

    /** What the attempt has made so far beside its result. */
    List<Artifact> artifacts() {
        return artifacts;
    }

    Optional<StopReason> stopReason() {
        return stop.isDone() ? Optional.of(stop.join()) : Optional.empty();
    }

    /** Done when the attempt is to stop. */
    CompletableFuture<StopReason> stopped() {
        return stop;
    }

    /** Percent; 100 only once the job is COMPLETED. */
    private int progress() {
        return Math.clamp((long) (fraction * 100), 0, 99);
    }

    JobId jobId() {
        return job.id();
    }

    int number() {
        return job.attempt();
    }

    Instant deadline() {
        return started().plus(job.limits().timeout());
    }

    Instant started() {
        return Objects.requireNonNull(job.startedAt(), "a claimed job has started");
    }

    void progress(double fraction) {
        this.fraction = fraction;
    }

    boolean isStopped() {
        return stop.isDone();
    }

    void onStop(Runnable hook) {
        var _ = stop.thenRunAsync(
                hook, command -> Thread.ofVirtual().name("stop-" + job.id()).start(command));
    }
}
