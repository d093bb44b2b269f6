package io.renderfleet.api.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.renderfleet.api.ApiTest;
import io.renderfleet.api.ApiTest.OnLocalAws;
import io.renderfleet.job.JobId;
import io.renderfleet.job.UserId;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.testing.JobBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@ApiTest
class MasterQueueTests {
    private static final JobMessage MESSAGE =
            new JobMessage(JobId.random(), new UserId("user-1"), JobBuilder.POOL, Lane.LOW, 0, List.of(), null);

    @Autowired
    JobQueues queues;

    @Autowired
    FleetSettings fleet;

    @Autowired
    CircuitBreakerRegistry circuits;

    @Test
    void triesAtMostOnceInAWhileAsLongAsSqsIsAway() {
        CircuitBreakerConfig config = circuits.getConfiguration("region").orElseThrow();
        CircuitBreakerRegistry own = CircuitBreakerRegistry.of(Map.of(
                "region",
                CircuitBreakerConfig.from(config)
                        .waitDurationInOpenState(Duration.ofMillis(200))
                        .build()));
        MasterQueue queue = new MasterQueue(
                queues, new MasterQueueSettings(Duration.ofSeconds(5), Duration.ofSeconds(2)), fleet, own);
        CircuitBreaker circuit = own.circuitBreaker(fleet.homeRegion() + "-" + JobBuilder.POOL);
        assertThat(queue.send(MESSAGE)).isTrue();

        OnLocalAws.AWS.stopRegion(fleet.homeRegion());
        try {
            for (int i = 0; i < 3; i++) {
                assertThat(queue.send(MESSAGE)).isFalse();
            }
            assertThat(queue.isUnavailable(JobBuilder.POOL)).isTrue();
            circuit.transitionToForcedOpenState();
            long notTried = circuit.getMetrics().getNumberOfNotPermittedCalls();
            assertThat(queue.send(MESSAGE)).isFalse();
            assertThat(circuit.getMetrics().getNumberOfNotPermittedCalls()).isEqualTo(notTried + 1);
        } finally {
            OnLocalAws.AWS.startRegion(fleet.homeRegion());
        }

        circuit.transitionToHalfOpenState();
        assertThat(queue.isUnavailable(JobBuilder.POOL)).isFalse();
        assertThat(queue.send(MESSAGE)).isTrue();
        assertThat(circuit.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void aFaultOfOursSaysNothingOfSqs() {
        CircuitBreakerConfig config = circuits.getConfiguration("region").orElseThrow();
        assertThat(config.getIgnoreExceptionPredicate().test(new IllegalArgumentException()))
                .isTrue();
        assertThat(config.getIgnoreExceptionPredicate().test(new InterruptedException()))
                .isTrue();
        assertThat(config.getRecordExceptionPredicate().test(new IllegalStateException()))
                .isFalse();
        assertThat(config.getRecordExceptionPredicate()
                        .test(new io.renderfleet.queue.QueueUnavailableException("q", new RuntimeException())))
                .isTrue();
        assertThat(config.isAutomaticTransitionFromOpenToHalfOpenEnabled()).isTrue();
    }
}
