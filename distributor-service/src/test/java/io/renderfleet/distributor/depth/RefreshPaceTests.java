package io.renderfleet.distributor.depth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefreshPaceTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private final RefreshPace pace =
            new RefreshPace(Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(30));

    @Test
    void isQuickWhileThereIsWork() {
        assertThat(pace.untilNext(NOW.plusSeconds(1), NOW, NOW)).isEqualTo(Duration.ofSeconds(1));
        assertThat(pace.untilNext(NOW.plusSeconds(9), NOW, NOW)).isZero();
    }

    @Test
    void slowsDownWhenThereWasNoneForAWhile() {
        assertThat(pace.untilNext(NOW, NOW, NOW.minusSeconds(30))).isEqualTo(Duration.ofSeconds(2));
        assertThat(pace.untilNext(NOW, NOW, NOW.minusSeconds(31))).isEqualTo(Duration.ofSeconds(60));
    }
}
