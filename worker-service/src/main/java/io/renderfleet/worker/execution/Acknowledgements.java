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
 * What SQS is being told about messages. Nobody waits for one of them: what SQS does not hear of comes again, and is
 * then seen to be over. Worth a line, not an error. Only who closes the queues waits until all are through.
 */
final class Acknowledgements {
    private static final Logger log = LoggerFactory.getLogger(Acknowledgements.class);

    private final Map<Long, CompletableFuture<Void>> pending = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();

    /** Never throws: a call that cannot even be made is one that SQS did not hear of. */
    void send(JobId job, Supplier<CompletableFuture<Void>> call) {
        CompletableFuture<Void> answer;
        try {
            answer = call.get();
        } catch (RuntimeException | Error e) {
            // Errors too: without a thread for one call the caller must still settle its other messages.
            answer = CompletableFuture.failedFuture(e);
        }
        long number = sent.incrementAndGet();
        pending.put(number, answer);
        var _ = answer.whenComplete((_, failure) -> {
            pending.remove(number);
            if (failure != null) {
                log.warn("SQS did not take the acknowledgement of job {}: {}", job, failure.toString());
            }
        });
    }

    /** Waits until SQS has answered all, for this long at most. */
    void await(Duration limit) throws InterruptedException {
        try {
            CompletableFuture.allOf(pending.values().toArray(CompletableFuture<?>[]::new))
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            // One of them failed, which has been logged: what matters here is only that they are not under way.
            log.debug("An acknowledgement failed", e);
        } catch (TimeoutException e) {
            log.warn("SQS has not answered {} acknowledgements in {}", pending.size(), limit);
        }
    }
}
