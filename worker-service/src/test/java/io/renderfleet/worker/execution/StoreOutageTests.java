package io.renderfleet.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StoreOutageTests {
    private final Exception failure = new IllegalStateException("away");

    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00.000Z"));
    private final StoreOutage outage = new StoreOutage(clock, new Random(1));

    @Test
    void aFailurePausesForAFewSeconds() {
        assertThat(outage.failed(failure)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(5));
    }

    @Test
    void callsThatWereUnderWayMakeThePauseNoLonger() {
        Duration pause = outage.failed(failure);
        for (int i = 0; i < 10; i++) {
            assertThat(outage.failed(failure)).isEqualTo(pause);
        }
        clock.advance(Duration.ofSeconds(1));
        assertThat(outage.failed(failure)).isEqualTo(pause.minusSeconds(1));
    }

    @Test
    void thePausesOfALongOutageGrowUpToAMinute() {
        Duration longest = Duration.ZERO;
        int tries = 0;
        Instant end = clock.instant().plus(Duration.ofHours(1));
        while (clock.instant().isBefore(end)) {
            Duration pause = outage.failed(failure);
            longest = longest.compareTo(pause) < 0 ? pause : longest;
            clock.advance(pause);
            tries++;
        }
        assertThat(longest).isBetween(Duration.ofSeconds(50), Duration.ofMinutes(1));
        // Half of a minute on average.
        assertThat(tries).isBetween(80, 180);
    }

    @Test
    void anAnswerEndsIt() {
        for (int i = 0; i < 8; i++) {
            clock.advance(outage.failed(failure));
        }
        outage.succeeded();
        assertThat(outage.failed(failure)).isLessThanOrEqualTo(Duration.ofSeconds(5));
    }
}
