package io.renderfleet.worker.execution;

import io.renderfleet.job.Artifact;
import io.renderfleet.job.Job;
import io.renderfleet.job.Job.Lease;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.HeartbeatOutcome;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
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
 * The state of a claimed job in this worker: progress, artifacts, lease, and whether it was stopped. Only the first
 * reason to stop counts. Calls to SQS about its message are made one after another, and none is made after the message
 * was deleted or released.
 *
 * <p>Thread-safe.
 */
final class RunningJob {
    private final Job job;
    private final JobQueue queue;
    private final Delivery delivery;
    /** Completes with the reason when the attempt is stopped. */
    private final CompletableFuture<StopReason> stop = new CompletableFuture<>();

    /** The error of the first exceeded limit; null if no limit was exceeded. */
    private final AtomicReference<@Nullable JobError> exceeded = new AtomicReference<>();

    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile Instant leaseUntil;
    private volatile double fraction;
    private volatile List<Artifact> artifacts = List.of();
    /** The artifacts that were last written to the job store. */
    private volatile List<Artifact> writtenArtifacts = artifacts;
    /** What the next attempt gets if this one does not finish the job. */
    private volatile @Nullable String kept;
    /** The same, as it was last written to the job store. */
    private volatile @Nullable String writtenKept;
    /** The percentage that was last written to the job store. */
    private volatile int writtenProgress;
    /** How often progress was due. */
    private int reports;

    private CompletableFuture<Void> lastCall = CompletableFuture.completedFuture(null);
    private boolean settled;

    RunningJob(Job job, JobQueue queue, Delivery delivery) {
        this.job = job;
        this.queue = queue;
        this.delivery = delivery;
        Lease lease = Objects.requireNonNull(job.lease(), "a claimed job has a lease");
        this.leaseUntil = lease.until();
        this.kept = job.kept();
        this.writtenKept = kept;
    }

    Job job() {
        return job;
    }

    /** Deletes the job's message, because the job is over. */
    CompletableFuture<Void> delete() {
        return call(true, () -> queue.delete(delivery));
    }

    /** Makes the job's message visible to other workers after the delay. */
    CompletableFuture<Void> defer(Duration delay) {
        return call(true, () -> queue.defer(delivery, delay));
    }

    /**
     * Sends a new copy of the job's message, delivered after the delay, and deletes the old one. A FIFO queue cannot
     * delay a single message, so there the message is hidden instead.
     */
    CompletableFuture<Void> resend(Duration delay) {
        return delivery.message().lane().isFifo() ? defer(delay) : call(true, () -> queue.resend(delivery, delay));
    }

    private synchronized CompletableFuture<Void> call(boolean settles, Supplier<CompletableFuture<Void>> call) {
        if (settled) {
            return CompletableFuture.completedFuture(null);
        }
        settled = settles;
        lastCall = lastCall.exceptionally(_ -> null).thenCompose(_ -> call.get());
        return lastCall;
    }

    /**
     * Renews the lease and extends the visibility of the message. Does nothing while another renewal of this job is in
     * progress.
     *
     * @return completes when SQS has extended the visibility
     */
    CompletableFuture<Void> renew(JobStore store, Clock clock, Duration lease, Duration visibility) {
        // After its deadline an attempt must stop within the rest of its lease.
        if (stop.getNow(StopReason.SHUTDOWN) == StopReason.TIMED_OUT || !renewing.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        try {
            // Counted from before the call, so that the lease here never ends later than the one in the store.
            Instant asked = clock.instant();
            writtenProgress = progress();
            List<Artifact> current = artifacts;
            String keep = kept;
            HeartbeatOutcome outcome =
                    store.heartbeat(job, lease, writtenProgress, unwritten(current), unwrittenKept(keep));
            writtenArtifacts = current;
            writtenKept = keep;
            apply(outcome);
            if (outcome == HeartbeatOutcome.LEASE_LOST) {
                return CompletableFuture.completedFuture(null);
            }
            leaseUntil = asked.plus(lease);
            return call(false, () -> queue.extend(delivery, visibility));
        } finally {
            renewing.set(false);
        }
    }

    /**
     * Whether to write progress now: 1, 2, 4, 8 and so on seconds after the start, until the first renewal of the
     * lease.
     */
    boolean isProgressDue(Instant now, Duration heartbeat) {
        Duration step = Duration.ofSeconds(1L << reports);
        if (step.compareTo(heartbeat) >= 0 || Duration.between(started(), now).compareTo(step) < 0) {
            return false;
        }
        reports++;
        return progress() != writtenProgress;
    }

    /** Writes the job's progress, and stops the job if it was cancelled or its lease was lost. */
    void report(JobStore store) {
        writtenProgress = progress();
        List<Artifact> current = artifacts;
        apply(store.progress(job, writtenProgress, unwritten(current)));
        writtenArtifacts = current;
    }

    /** Empty if the artifacts are already in the store, which keeps them. */
    @SuppressWarnings("ReferenceEquality") // Every change makes a new list.
    private List<Artifact> unwritten(List<Artifact> current) {
        return current == writtenArtifacts ? List.of() : current;
    }

    /** Null if the store already has it. */
    @SuppressWarnings({"ReferenceEquality", "StringEquality"}) // A text that was kept again is the same object.
    private @Nullable String unwrittenKept(@Nullable String current) {
        return current == writtenKept ? null : current;
    }

    private void apply(HeartbeatOutcome outcome) {
        switch (outcome) {
            case LEASE_LOST -> stop(StopReason.LEASE_LOST);
            case CANCEL_REQUESTED -> stop(StopReason.CANCEL_REQUESTED);
            case RENEWED -> {}
        }
    }

    /** Whether the lease ends at or before the given time. */
    boolean leaseEndsBy(Instant then) {
        return !leaseUntil.isAfter(then);
    }

    /** The rest of the lease, during which no other worker can claim the job; zero if the lease has expired. */
    Duration leaseLeft(Instant now) {
        Duration left = Duration.between(now, leaseUntil);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Stops the job if its deadline has passed or its lease has expired without a renewal. */
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

    /** Stops an attempt that exceeds a limit. The job fails with the error, unless the attempt was stopped before. */
    void exceed(JobError error) {
        if (exceeded.compareAndSet(null, error)) {
            stop(StopReason.LIMIT_EXCEEDED);
        }
    }

    /** The error of the first exceeded limit; null if no limit was exceeded. */
    @Nullable
    JobError exceeded() {
        return exceeded.get();
    }

    /** Sets the artifacts that the attempt has stored so far; written with the next write of the job. */
    void setArtifacts(List<Artifact> stored) {
        artifacts = stored;
    }

    /** The artifacts that the attempt has stored so far, at most one per name. */
    List<Artifact> artifacts() {
        return artifacts;
    }

    void keep(String text) {
        kept = text;
    }

    /** What the next attempt gets if this one does not finish the job; null for nothing. */
    @Nullable
    String kept() {
        return kept;
    }

    /** What the release of the job has to store; null if the store already has it. */
    @Nullable
    String unwrittenKept() {
        return unwrittenKept(kept);
    }

    Optional<StopReason> stopReason() {
        return stop.isDone() ? Optional.of(stop.join()) : Optional.empty();
    }

    /** Completes when the attempt is stopped. */
    CompletableFuture<StopReason> stopped() {
        return stop;
    }

    /** In percent, from 0 to 99; only a COMPLETED job has 100. */
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
