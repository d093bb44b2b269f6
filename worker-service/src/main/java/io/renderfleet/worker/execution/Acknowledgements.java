package io.renderfleet.worker.execution;

import io.renderfleet.job.JobId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends deletions and changes of visibility to SQS without waiting for the responses. A call that fails is logged and
 * not repeated: SQS delivers the message again, and the next claim finds the job's current state. The shutdown waits
 * for the calls that are pending, by {@link #await}, before the queues are closed.
 *
 * <p>Thread-safe.
 */
final class Acknowledgements {
    private static final Logger log = LoggerFactory.getLogger(Acknowledgements.class);

    private final Map<Long, CompletableFuture<Void>> pending = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();

    /** Makes the call. Never throws; an exception of the supplier counts as a failed call. */
    void send(JobId job, Supplier<CompletableFuture<Void>> call) {
        CompletableFuture<Void> answer;
        try {
            answer = call.get();
        } catch (RuntimeException | Error e) {
            // Errors too: without a thread for this call the caller must still settle its other messages.
            answer = CompletableFuture.failedFuture(e);
        }
        long number = sent.incrementAndGet();
        pending.put(number, answer);
        var _ = answer.whenComplete((_, failure) -> {
            pending.remove(number);
            if (failure != null) {
                log.warn(
                        "Could not delete or release the message of job {}; SQS delivers it again when its visibility"
                                + " ends: {}",
                        job,
                        failure.toString());
            }
        });
    }

    /** Waits until all pending calls have ended, up to the limit. */
    void await(Duration limit) throws InterruptedException {
        try {
            CompletableFuture.allOf(pending.values().toArray(CompletableFuture<?>[]::new))
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            // The failure was logged when it happened; here it only matters that no call is pending.
            log.debug("A call to SQS failed during shutdown", e);
        } catch (TimeoutException e) {
            log.warn(
                    "{} calls to SQS were still pending after {}; their messages are delivered again",
                    pending.size(),
                    limit);
        }
    }
}
