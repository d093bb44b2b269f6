package io.renderfleet.bridge.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTests {
    private final Backoff backoff = new Backoff(RandomGenerator.getDefault());

    @Test
    void doublesFromOneSecondToThirty() {
        for (int bound : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            assertThat(backoff.next(null)).isBetween(Duration.ofMillis(bound * 500L), Duration.ofSeconds(bound));
        }
        backoff.reset();
        assertThat(backoff.next(null)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void isNeverShorterThanTheApiAsksForUpToFiveMinutes() {
        assertThat(backoff.next(Duration.ofSeconds(20))).isEqualTo(Duration.ofSeconds(20));
        assertThat(backoff.next(Duration.ofDays(2))).isEqualTo(Duration.ofMinutes(5));
        assertThat(backoff.next(Duration.ZERO)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }
}
