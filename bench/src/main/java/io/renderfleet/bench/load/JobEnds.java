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
 * When each job ended: the moment the write that ended it was answered, from which on every reader sees it. Waiting
 * here takes no polling, which would disturb what is measured. Thread-safe.
 */
public final class JobEnds {
    private final Map<String, CompletableFuture<Long>> ends = new ConcurrentHashMap<>();

    /** Takes note of a job's status that was just written. */
    public void written(String jobId, String status) {
        switch (JobStatus.valueOf(status)) {
            case COMPLETED -> end(jobId).complete(System.nanoTime());
            case FAILED, CANCELLED -> end(jobId).completeExceptionally(new BenchException("its status is " + status));
            case PENDING, PROCESSING -> {
                // Not over yet.
            }
        }
    }

    /**
     * Waits until a job is COMPLETED.
     *
     * @return {@link System#nanoTime} of its end
     * @throws BenchException when it ends otherwise, or not in time
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
