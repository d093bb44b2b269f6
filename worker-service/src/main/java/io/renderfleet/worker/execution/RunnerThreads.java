package io.renderfleet.worker.execution;

import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.AttemptException.ThrottledException;
import io.renderfleet.pool.PoolName;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs each attempt on its own thread, so that the slot can be used again when a runner ignores its stop. After a stop
 * the runner has the grace period to return; then its thread is interrupted and has the grace period once more; then it
 * is left behind.
 *
 * <p>Thread-safe.
 */
final class RunnerThreads {
    private static final Logger log = LoggerFactory.getLogger(RunnerThreads.class);

    /** How long a job is deferred when the system cannot start a thread. */
    private static final Duration NO_THREAD_DELAY = Duration.ofSeconds(5);

    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    private final ServedPools pools;
    private final Duration grace;
    private final Map<PoolName, LongAdder> leftBehind = new ConcurrentHashMap<>();

    RunnerThreads(ServedPools pools, Duration grace) {
        this.pools = pools;
        this.grace = grace;
    }

    /** The number of the pool's threads that were left behind and still run. Each keeps using its CPU and memory. */
    int leftBehind(PoolName pool) {
        return counter(pool).intValue();
    }

    private LongAdder counter(PoolName pool) {
        return leftBehind.computeIfAbsent(pool, any -> new LongAdder());
    }

    /**
     * Runs the work and waits for it.
     *
     * @param check called about every second until the work has ended or was stopped; must not throw
     * @param ended called once when the work has ended, which may be long after its thread was left behind
     * @throws StoppedException if the thread was left behind after a stop
     * @throws Exception any other exception of the work
     */
    <T> T run(RunningJob job, Runnable check, Runnable ended, Callable<T> work) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = pools.threads(job.job().pool()).newThread(() -> {
            try {
                done.complete(work.call());
            } catch (Throwable e) {
                done.completeExceptionally(e);
            } finally {
                ended.run();
            }
        });
        thread.setName("run-" + job.jobId());
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            ended.run();
            throw new ThrottledException(
                    "The system cannot start a thread for the attempt: " + e.getMessage(), NO_THREAD_DELAY);
        }
        try {
            // This loop ends because every attempt is stopped at its deadline.
            while (!endsOrStopsWithin(CHECK_INTERVAL, job, done)) {
                check.run();
            }
            if (!done.isDone() && !endsWithin(done)) {
                thread.interrupt();
                if (!endsWithin(done)) {
                    leaveBehind(job, thread, done);
                    throw new StoppedException();
                }
            }
            return done.get();
        } catch (InterruptedException e) {
            // The worker no longer waits for its slots, because the process is about to end.
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new StoppedException();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }

    private static boolean endsOrStopsWithin(Duration wait, RunningJob job, CompletableFuture<?> done)
            throws InterruptedException {
        return isDoneWithin(wait, CompletableFuture.anyOf(done, job.stopped()));
    }

    private boolean endsWithin(CompletableFuture<?> done) throws InterruptedException {
        return isDoneWithin(grace, done);
    }

    private static boolean isDoneWithin(Duration wait, CompletableFuture<?> future) throws InterruptedException {
        try {
            var _ = future.exceptionally(_ -> null).get(wait.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("unreachable: failures are mapped to results", e);
        }
    }

    private void leaveBehind(RunningJob job, Thread thread, CompletableFuture<?> done) {
        LongAdder counter = counter(job.job().pool());
        counter.increment();
        Throwable stack = new IllegalStateException("stack of the runner's thread");
        stack.setStackTrace(thread.getStackTrace());
        log.error(
                "The runner of job {} ignored the stop of attempt {} ({}) and an interrupt. Its thread is left behind"
                        + " and its slot is used again. When as many threads are left behind as there are slots, the"
                        + " worker reports that it is not live.",
                job.jobId(),
                job.number(),
                job.stopReason().orElse(StopReason.SHUTDOWN),
                stack);
        var _ = done.whenComplete((_, _) -> {
            counter.decrement();
            log.warn("The runner of job {}, which was left behind, has ended; its output is discarded", job.jobId());
        });
    }
}
