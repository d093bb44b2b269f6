package io.renderfleet.worker.execution;

import io.renderfleet.jobtype.StoppedException;
import io.renderfleet.jobtype.ThrottledException;
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
 * Runs each attempt on a thread of its own, so that one whose runner ignores everything can be left behind and its slot
 * used again. After a stop a runner has the grace to return; then it is interrupted, and has the grace once more; then it
 * is left behind.
 *
 * <p>Thread-safe.
 */
final class RunnerThreads {
    private static final Logger log = LoggerFactory.getLogger(RunnerThreads.class);

    /** How long a job waits when the system has no thread for it. */
    private static final Duration NO_THREAD = Duration.ofSeconds(5);

    private static final Duration WATCH = Duration.ofSeconds(1);

    private final ServedPools pools;
    private final Duration grace;
    private final Map<PoolName, LongAdder> leftBehind = new ConcurrentHashMap<>();

    RunnerThreads(ServedPools pools, Duration grace) {
        this.pools = pools;
        this.grace = grace;
    }

    /** How many threads of a pool's runners were left behind and still run; each keeps what it uses, such as a core. */
    int leftBehind(PoolName pool) {
        return counter(pool).intValue();
    }

    private LongAdder counter(PoolName pool) {
        return leftBehind.computeIfAbsent(pool, any -> new LongAdder());
    }

    /**
     * Runs the work and waits for it.
     *
     * @param watch is called about every second until the work has ended or is to stop; must not throw
     * @param ended runs once when the work has ended, which may be long after it was left behind
     * @throws StoppedException when the work was left behind after a stop
     * @throws Exception whatever else the work throws
     */
    <T> T run(RunningJob job, Runnable watch, Runnable ended, Callable<T> work) throws Exception {
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
            throw new ThrottledException("The system has no thread for another attempt: " + e.getMessage(), NO_THREAD);
        }
        try {
            // Ends: every attempt is told to stop at its deadline.
            while (!endsOrStopsWithin(WATCH, job, done)) {
                watch.run();
            }
            if (!done.isDone() && !endsWithin(done)) {
                thread.interrupt();
                if (!endsWithin(done)) {
                    leave(job, thread, done);
                    throw new StoppedException();
                }
            }
            return done.get();
        } catch (InterruptedException e) {
            // The worker does not wait for its slots any more: the process is about to end.
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
            throw new IllegalStateException("a failure was turned into a result", e);
        }
    }

    private void leave(RunningJob job, Thread thread, CompletableFuture<?> done) {
        LongAdder counter = counter(job.job().pool());
        counter.increment();
        Throwable place = new IllegalStateException("where the runner is");
        place.setStackTrace(thread.getStackTrace());
        log.error(
                "The runner of job {} ignored that attempt {} is to stop ({}) and an interrupt; its thread is left behind"
                        + " and its slot is used again. A worker with too many of those reports that it is not live.",
                job.jobId(),
                job.number(),
                job.stopReason().orElse(StopReason.SHUTDOWN),
                place);
        var _ = done.whenComplete((_, _) -> {
            counter.decrement();
            log.warn("The runner of job {} that was left behind has ended; its output is discarded", job.jobId());
        });
    }
}
