package io.renderfleet.jobtype.inference.run;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import io.renderfleet.jobtype.inference.model.ModelReply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address of a provider, as this worker knows it. If half of the last 20 calls failed, it gets no calls for 10 seconds,
 * and for twice as long each time that it still fails, up to two minutes. Jobs wait meanwhile, and do not fail. Answers
 * that refuse a call for a limit, a key or its content do not count as failures.
 *
 * <p>Thread-safe.
 */
final class Endpoint {
    private static final Logger log = LoggerFactory.getLogger(Endpoint.class);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);
    private static final Duration TEST_WAIT = Duration.ofMillis(500);
    private static final int WINDOW = 20;
    private static final int LEAST_CALLS = 10;
    private static final int FAILURE_PERCENT = 50;

    private final CircuitBreaker breaker;
    private final IntervalFunction waits;
    private final InstantSource clock;
    private int failuresInARow;
    private volatile Instant openUntil = Instant.MIN;

    /** @param name for the log */
    Endpoint(String name, InstantSource clock) {
        this(name, clock, FIRST_WAIT);
    }

    /** @param firstWait how long no calls are made after the first failure */
    Endpoint(String name, InstantSource clock, Duration firstWait) {
        this.clock = clock;
        this.waits = IntervalFunction.ofExponentialBackoff(firstWait, 2, LONGEST_WAIT);
        this.breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(WINDOW)
                        .minimumNumberOfCalls(LEAST_CALLS)
                        .failureRateThreshold(FAILURE_PERCENT)
                        .waitIntervalFunctionInOpenState(waits)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .build());
        breaker.getEventPublisher()
                .onStateTransition(
                        event -> changed(name, event.getStateTransition().getToState()));
    }

    private synchronized void changed(String name, State state) {
        switch (state) {
            case OPEN -> {
                failuresInARow++;
                openUntil = clock.instant().plusMillis(waits.apply(failuresInARow));
                log.warn("The provider of the pool {} fails; it gets no calls before {}", name, openUntil);
            }
            case CLOSED -> {
                failuresInARow = 0;
                log.info("The provider of the pool {} works again", name);
            }
            default -> {}
        }
    }

    /** The time before which no call may be made; empty if one may, or may be tried. */
    Optional<Instant> closedUntil() {
        return breaker.getState() == State.OPEN && openUntil.isAfter(clock.instant())
                ? Optional.of(openUntil)
                : Optional.empty();
    }

    /**
     * Takes the right to make one call, which must be ended by {@link #ended} or {@link #given}.
     *
     * @return the time at which to try again; empty if the call may be made
     */
    Optional<Instant> take() {
        return breaker.tryAcquirePermission()
                ? Optional.empty()
                : Optional.of(closedUntil().orElseGet(() -> clock.instant().plus(TEST_WAIT)));
    }

    /** Gives the right to a call back that was not made, or whose end says nothing. */
    void given() {
        breaker.releasePermission();
    }

    /** A call has ended. */
    void ended(ModelReply reply, Duration took) {
        if (reply instanceof ModelReply.Failed(String cause)) {
            breaker.onError(took.toNanos(), TimeUnit.NANOSECONDS, new IllegalStateException(cause));
        } else {
            breaker.onSuccess(took.toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
