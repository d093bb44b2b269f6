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
 * The way to the queues of one pool in one region: a time limit on each send, a circuit breaker around that, a bound on how many wait there, and a
 * short retry around it all.
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
                        "The circuit to {} went from {} to {}",
                        destination,
                        event.getStateTransition().getFromState(),
                        event.getStateTransition().getToState()));
    }

    /** How many messages may be sent now. A region that is being tried again gets one batch. */
    long room() {
        return switch (circuit.getState()) {
            case CLOSED, DISABLED, METRICS_ONLY -> Long.MAX_VALUE;
            case HALF_OPEN -> JobQueue.MAX_BATCH;
            case OPEN, FORCED_OPEN -> 0;
        };
    }

    /**
     * Sends a batch; what is refused is tried again, without the rest.
     *
     * @return the very objects that could not be sent
     */
    List<JobMessage> send(JobQueue queue, List<JobMessage> batch) {
        var sending = new Sending(queue, batch);
        try {
            retry.executeCallable(sending::attempt);
        } catch (CallNotPermittedException e) {
            log.debug("{} gets nothing while its circuit is open", destination);
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            log.warn(
                    "{} of {} messages could not be sent to {}: {}",
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

    /** A batch on its way; confined to its sender's thread. */
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
                throw new PartlyRefusedException(left.size());
            }
            return null;
        }
    }

    /** The region answers, and took only part of a batch: worth another try, no reason to open its circuit. */
    private static final class PartlyRefusedException extends Exception {
        PartlyRefusedException(int refused) {
            super(refused + " entries were refused");
        }
    }
}
