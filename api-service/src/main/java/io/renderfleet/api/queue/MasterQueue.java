package io.renderfleet.api.queue;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.renderfleet.pool.PoolName;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.QueueUnavailableException;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends messages to the master queues, in batches together with the messages of other requests, and waits for each
 * message for at most {@link MasterQueueSettings#sendTimeout}. A circuit breaker for each pool opens after repeated
 * failures and timeouts; while it is open, sends fail at once.
 *
 * <p>Thread-safe.
 */
@Component
public class MasterQueue {
    /** The name of the Resilience4j configuration for the circuit breakers, one per pool. */
    private static final String SETTINGS = "region";

    private static final Logger log = LoggerFactory.getLogger(MasterQueue.class);

    private final JobQueues queues;
    private final MasterQueueSettings settings;
    private final RegionId home;
    private final CircuitBreakerRegistry circuits;

    public MasterQueue(
            JobQueues queues, MasterQueueSettings settings, FleetSettings fleet, CircuitBreakerRegistry circuits) {
        this.queues = queues;
        this.settings = settings;
        this.home = fleet.homeRegion();
        this.circuits = circuits;
        // Created here, so that the metrics of each circuit breaker exist from the start.
        fleet.poolNames().forEach(this::circuit);
    }

    private CircuitBreaker circuit(PoolName pool) {
        return circuits.circuitBreaker(home + "-" + pool, SETTINGS);
    }

    /** Whether the circuit breaker of the pool is open, so that a send would fail at once. */
    public boolean isUnavailable(PoolName pool) {
        return switch (circuit(pool).getState()) {
            case OPEN, FORCED_OPEN -> true;
            case CLOSED, DISABLED, METRICS_ONLY, HALF_OPEN -> false;
        };
    }

    /**
     * Sends a message.
     *
     * @return whether SQS confirmed the message. After false, the message may still arrive, for instance when only the
     *     response was lost
     */
    public boolean send(JobMessage message) {
        return send(message, JobQueue::send);
    }

    /** Like {@link #send}, but SQS does not discard the message as a duplicate of an earlier one in a FIFO queue. */
    public boolean sendAgain(JobMessage message) {
        return send(message, JobQueue::sendAgain);
    }

    /**
     * The problem {@code queue-unavailable} with {@code Retry-After}.
     *
     * @param detail what happened to the job and what the client can do
     */
    public ProblemException unavailable(String detail) {
        return ProblemException.unavailable(ProblemType.QUEUE_UNAVAILABLE, detail, settings.retryAfter(), null);
    }

    private boolean send(JobMessage message, BiFunction<JobQueue, JobMessage, CompletableFuture<Void>> sending) {
        try {
            circuit(message.pool())
                    .executeCallable(
                            () -> awaitSent(sending.apply(queues.master(message.pool(), message.lane()), message)));
            return true;
        } catch (CallNotPermittedException e) {
            log.debug(
                    "The message of job {} was not sent because the circuit breaker is open: {}",
                    message.jobId(),
                    e.getMessage());
        } catch (QueueUnavailableException | TimeoutException e) {
            log.warn("The message of job {} was not sent: {}", message.jobId(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn(
                    "The request for job {} was interrupted while its message was being sent; it is unknown whether"
                            + " SQS has it",
                    message.jobId());
        } catch (Exception e) {
            log.error("The message of job {} was not sent", message.jobId(), e);
        }
        return false;
    }

    /** Waits for the send. Throws the cause of a failure, by which the circuit breaker classifies it. */
    private Void awaitSent(CompletableFuture<Void> sent) throws Exception {
        try {
            return sent.get(settings.sendTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof QueueUnavailableException unavailable ? unavailable : e;
        }
    }
}
