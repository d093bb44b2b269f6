package io.renderfleet.worker.execution;

import io.renderfleet.job.Job;
import io.renderfleet.queue.Delivery;
import io.renderfleet.queue.JobQueue;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** A claimed job under way: how far it is, and whether it was told to stop. The first reason to stop stays. */
final class RunningJob implements JobRunner.Run {
    private final Job job;
    private final JobQueue queue;
    private final Delivery delivery;
    private final AtomicReference<StopReason> stop = new AtomicReference<>();
    private volatile double fraction;

    RunningJob(Job job, JobQueue queue, Delivery delivery) {
        this.job = job;
        this.queue = queue;
        this.delivery = delivery;
    }

    Job job() {
        return job;
    }

    /** Deletes the job's message: the job is over. */
    CompletableFuture<Void> delete() {
        return queue.delete(delivery);
    }

    /** Hides the job's message for this long from now. */
    CompletableFuture<Void> hide(Duration visibility) {
        return queue.extend(delivery, visibility);
    }

    void stop(StopReason reason) {
        stop.compareAndSet(null, reason);
    }

    Optional<StopReason> stopReason() {
        return Optional.ofNullable(stop.get());
    }

    /** Percent; 100 only once the job is COMPLETED. */
    int progress() {
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
