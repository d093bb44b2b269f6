package io.renderfleet.distributor.dispatch;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends batches to the queues of one pool in one region, through a retry, a bulkhead, a circuit breaker and a time
 * limiter, in this order from the outside to the inside.
 *
 * <p>Thread-safe.
 */
final class RegionLink {
    private static final Logger log = LoggerFactory.getLogger(RegionLink.class);

    private final Destination destination;
    private final Bulkhead bulkhead;
    private final CircuitBreaker circuit;
    private final Retry retry;
    private final TimeLimiter limit;
    private final ExecutorService executor;

    RegionLink(
            Destination destination,
            Bulkhead bulkhead,
            CircuitBreaker circuit,
            Retry retry,
            TimeLimiter limit,
            ExecutorService executor) {
        this.destination = destination;
        this.bulkhead = bulkhead;
        this.circuit = circuit;
        this.retry = retry;
        this.limit = limit;
        this.executor = executor;
        circuit.getEventPublisher()
                .onStateTransition(event -> log.info(
                        "The circuit breaker of {} changed from {} to {}",
                        destination,
                        event.getStateTransition().getFromState(),
                        event.getStateTransition().getToState()));
    }

    /** The number of messages that can be sent now; one batch while the circuit breaker is half-open. */
    long room() {
        return switch (circuit.getState()) {
            case CLOSED, DISABLED, METRICS_ONLY -> Long.MAX_VALUE;
            case HALF_OPEN -> JobQueue.MAX_BATCH;
            case OPEN, FORCED_OPEN -> 0;
        };
    }

    /**
     * Sends a batch. If SQS refuses some of its messages, only those are retried.
     *
     * @return the messages that could not be sent, the same objects as in the argument
     */
    List<JobMessage> send(JobQueue queue, List<JobMessage> batch) {
        var sending = new Sending(queue, batch);
        try {
            retry.executeCallable(sending::attempt);
        } catch (CallNotPermittedException e) {
            log.debug("Nothing is sent to {} while its circuit breaker is open", destination);
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            log.warn(
                    "{} of {} messages could not be sent to {} and are routed again later: {}",
                    sending.left.size(),
                    batch.size(),
                    destination,
                    reason(e));
        }
        return sending.left;
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** A batch that is being sent. Confined to the thread of its sender. */
    private final class Sending {
        private final JobQueue queue;
        private List<JobMessage> left;

        Sending(JobQueue queue, List<JobMessage> batch) {
            this.queue = queue;
            this.left = batch;
        }

        Void attempt() throws Exception {
            List<JobMessage> now = left;
            left = bulkhead.executeCallable(() -> circuit.executeCallable(
                    () -> limit.executeFutureSupplier(() -> executor.submit(() -> queue.sendAll(now)))));
            if (!left.isEmpty()) {
                throw new PartialFailureException(left.size());
            }
            return null;
        }
    }

    /** SQS accepted only part of a batch. Causes a retry, but does not count as a failure for the circuit breaker. */
    private static final class PartialFailureException extends Exception {
        PartialFailureException(int refused) {
            super(refused + " entries were refused");
        }
    }
}
