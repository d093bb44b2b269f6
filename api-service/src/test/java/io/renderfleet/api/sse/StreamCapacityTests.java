package io.renderfleet.api.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.api.capacity.StreamCapacity;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class StreamCapacityTests {
    /** Half of it has room for four connections. */
    private static final long HEAP = 8 * 150 * 1024;

    private final StreamCapacity capacity = new StreamCapacity(HEAP);

    @Test
    void streamsOfAllKindsTogetherTakeHalfOfTheConnections() {
        EventStreams<String> results = new EventStreams<>(100, capacity, Duration.ofSeconds(15));
        EventStreams<String> alerts = new EventStreams<>(100, capacity, Duration.ofSeconds(15));
        results.open(any -> true, List.of());
        alerts.open(any -> true, List.of());

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> alerts.open(any -> true, List.of()))
                .satisfies(busy -> {
                    assertThat(busy.type()).isEqualTo(ProblemType.BUSY);
                    assertThat(busy.retryAfter()).isEqualTo(Duration.ofSeconds(30));
                });

        results.end();
        Awaitility.await().until(() -> results.count() == 0);
        alerts.open(any -> true, List.of());
        assertThat(alerts.count()).isEqualTo(2);
        alerts.end();
    }

    @Test
    void anInstanceOfTheSizeOfComposeHasHundredsOfStreams() {
        assertThat(new StreamCapacity(448L << 20).most()).isBetween(500, 1_000);
        assertThat(new StreamCapacity(1).most()).isEqualTo(1);
    }
}
