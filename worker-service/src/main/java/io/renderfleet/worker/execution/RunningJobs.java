package io.renderfleet.worker.execution;

import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that run in this worker. Renews their leases, reports their progress, and stops those that were cancelled,
 * that are out of time, or whose lease was lost. The calls to AWS run on other threads.
 *
 * <p>Thread-safe.
 */
final class RunningJobs {
    /** How often cancellations are read. A cancelled job is stopped within this time. */
    static final Duration CANCEL_CHECK = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(RunningJobs.class);

    private final JobStore store;
    private final WorkerSettings settings;
    private final Clock clock;
    private final Acknowledgements acknowledgements;
    private final Set<RunningJob> running = ConcurrentHashMap.newKeySet();
    private final Executor renewals =
            command -> Thread.ofVirtual().name("heartbeat").start(command);

    RunningJobs(JobStore store, WorkerSettings settings, Clock clock, Acknowledgements acknowledgements) {
        this.store = store;
        this.settings = settings;
        this.clock = clock;
        this.acknowledgements = acknowledgements;
    }

    void add(RunningJob job) {
        running.add(job);
    }

    void remove(RunningJob job) {
        running.remove(job);
    }

    void stopAll(StopReason reason) {
        running.forEach(job -> job.stop(reason));
    }

    /**
     * Renews the leases of the given age or older, and stops jobs that were cancelled or whose lease was lost. A job
     * that ends sooner costs no write for its lease.
     *
     * @param age the time since the lease was taken or last renewed
     * @return completes when each renewal has succeeded or failed
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
            // A failure to start a thread for one renewal must not prevent the others.
            log.warn(
                    "Could not renew the lease of job {}; the next heartbeat tries again: {}",
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
            log.warn("Could not renew the lease of job {}; the next heartbeat tries again: {}", id, e.toString());
        }
    }

    /** Writes the progress of jobs that started recently. For other jobs the renewals of the lease write it. */
    void reportProgress() {
        Instant now = clock.instant();
        running.stream()
                .filter(job -> !job.isStopped() && job.isProgressDue(now, settings.heartbeat()))
                .forEach(job -> inBackground("progress", () -> job.report(store)));
    }

    /** Stops running jobs that were cancelled. Jobs that started since the last check are skipped and cost no read. */
    void stopCancelled() {
        Instant lastCheck = clock.instant().minus(CANCEL_CHECK);
        Map<JobId, RunningJob> checked = running.stream()
                .filter(job -> !job.isStopped() && job.started().isBefore(lastCheck))
                .limit(JobStore.MAX_CHECKED)
                .collect(Collectors.toMap(RunningJob::jobId, Function.identity(), (one, _) -> one));
        if (!checked.isEmpty()) {
            inBackground(
                    "cancel-check",
                    () -> store.cancelRequested(checked.keySet())
                            .forEach(id ->
                                    Objects.requireNonNull(checked.get(id)).stop(StopReason.CANCEL_REQUESTED)));
        }
    }

    private static void inBackground(String name, Runnable task) {
        Thread.ofVirtual().name(name).start(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.debug("{} failed; it is repeated: {}", name, e.toString());
            }
        });
    }

    /** A snapshot of the running jobs. */
    Set<RunningJob> all() {
        return Set.copyOf(running);
    }

    /** Stops jobs past their deadline and jobs whose lease has expired. Called every half second. */
    void enforceTimeouts() {
        var now = clock.instant();
        running.forEach(job -> job.enforceLimits(now));
    }
}
