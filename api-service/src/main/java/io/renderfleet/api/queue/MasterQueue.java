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
 * Sends messages to the master queues, in batches with those of other requests, and waits for each for a limited time.
 * Once SQS has kept enough messages of a pool waiting, or refused them, a circuit breaker answers no at once; it lets a
 * message through now and then, and all again when one arrives.
 *
 * <p>Thread-safe.
 */
@Component
public class MasterQueue {
    /** The name of the settings that each pool's circuit breaker in the home region starts from. */
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
        // Each has its metrics from the start.
        fleet.poolNames().forEach(this::circuit);
    }

    private CircuitBreaker circuit(PoolName pool) {
        return circuits.circuitBreaker(home + "-" + pool, SETTINGS);
    }

    /** Whether the pool's queues are known not to answer: a message would be refused without being tried. */
    public boolean isAway(PoolName pool) {
        return switch (circuit(pool).getState()) {
            case OPEN, FORCED_OPEN -> true;
            case CLOSED, DISABLED, METRICS_ONLY, HALF_OPEN -> false;
        };
    }

    /** Whether SQS is known to have the message. When it is not, the message may arrive all the same. */
    public boolean send(JobMessage message) {
        return send(message, JobQueue::send);
    }

    /** As {@link #send}, for a message whose like may have been sent before and is to be taken for new. */
    public boolean sendAgain(JobMessage message) {
        return send(message, JobQueue::sendAgain);
    }

    /** What a request is answered that needed the queue, with its own word on what became of the job. */
    public ProblemException unavailable(String detail) {
        return ProblemException.unavailable(ProblemType.QUEUE_UNAVAILABLE, detail, settings.retryAfter(), null);
    }

    private boolean send(JobMessage message, BiFunction<JobQueue, JobMessage, CompletableFuture<Void>> sending) {
        try {
            circuit(message.pool())
                    .executeCallable(
                            () -> arrived(sending.apply(queues.master(message.pool(), message.lane()), message)));
            return true;
        } catch (CallNotPermittedException e) {
            log.debug("The message of job {} was not tried: {}", message.jobId(), e.getMessage());
        } catch (QueueUnavailableException | TimeoutException e) {
            log.warn("The message of job {} was not sent: {}", message.jobId(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("The message of job {} was not waited for: its request was given up", message.jobId());
        } catch (Exception e) {
            log.error("The message of job {} was not sent", message.jobId(), e);
        }
        return false;
    }

    /** The failure itself, so that the circuit breaker can tell one kind from another. */
    private Void arrived(CompletableFuture<Void> sent) throws Exception {
        try {
            return sent.get(settings.sendTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof QueueUnavailableException unavailable ? unavailable : e;
        }
    }
}
