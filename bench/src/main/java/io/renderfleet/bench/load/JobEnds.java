package io.renderfleet.bench.load;

import io.renderfleet.bench.BenchException;
import io.renderfleet.job.JobStatus;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Records when each job ended: the time at which the write that ended it returned. Callers can wait for it without
 * polling, which would disturb the measurement. Thread-safe.
 */
public final class JobEnds {
    private final Map<String, CompletableFuture<Long>> ends = new ConcurrentHashMap<>();

    /** Records a job's status that was written. */
    public void written(String jobId, String status) {
        switch (JobStatus.valueOf(status)) {
            case COMPLETED -> end(jobId).complete(System.nanoTime());
            case FAILED, CANCELLED -> end(jobId).completeExceptionally(new BenchException("its status is " + status));
            case PENDING, PROCESSING -> {
                // The job has not ended.
            }
        }
    }

    /**
     * Waits until a job is COMPLETED.
     *
     * @return the value of {@link System#nanoTime} at its end
     * @throws BenchException if it ends with another status, or does not end within the timeout
     */
    public long await(String jobId, Duration timeout) throws InterruptedException {
        try {
            return end(jobId).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new BenchException("Job " + jobId + " did not succeed: " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new BenchException("Job " + jobId + " did not end within " + timeout + "; see the log.", e);
        }
    }

    private CompletableFuture<Long> end(String jobId) {
        return ends.computeIfAbsent(jobId, unseen -> new CompletableFuture<>());
    }
}
