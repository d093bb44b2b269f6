package io.renderfleet.api.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OpenJobCounterTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration APART = Duration.ofSeconds(2);

    private final OpenJobCounter counter = new OpenJobCounter(1000, APART);

    @Test
    void takesUpToTheLimitAndGivesRoomBack() {
        take(1000);
        assertThat(counter.take()).isFalse();
        counter.unused();
        assertThat(counter.take()).isTrue();
        assertThat(counter.take()).isFalse();
        counter.accepted();
        assertThat(counter.take()).isFalse();
    }

    @Test
    void countsAUserFirstAfterOnePercentOfTheLimit() {
        take(9);
        assertThat(counter.startCount(NOW)).isFalse();
        take(1);
        assertThat(counter.startCount(NOW)).isTrue();
    }

    @Test
    void countsAgainOnlyNearTheLimit() {
        counted(10, 0);
        take(799);
        assertThat(counter.startCount(NOW.plusSeconds(60))).isFalse();
        take(1);
        assertThat(counter.startCount(NOW.plusSeconds(60))).isTrue();
    }

    @Test
    void oneCountsAtATimeAndNotTooOften() {
        take(900);
        assertThat(counter.startCount(NOW)).isTrue();
        assertThat(counter.startCount(NOW.plusSeconds(60))).isFalse();
        counter.counted(900, NOW.plusMillis(100));
        assertThat(counter.startCount(NOW.plusMillis(2099))).isFalse();
        assertThat(counter.startCount(NOW.plusMillis(2100))).isTrue();
    }

    @Test
    void aCountThatTakesLongIsFollowedByAPauseAsLong() {
        take(900);
        counter.startCount(NOW);
        counter.notCounted(NOW.plusSeconds(10));
        assertThat(counter.startCount(NOW.plusSeconds(19))).isFalse();
        assertThat(counter.startCount(NOW.plusSeconds(20))).isTrue();
    }

    @Test
    void aCountReplacesWhatItCouldSeeAndNothingElse() {
        take(100);
        for (int i = 0; i < 60; i++) {
            counter.accepted();
        }
        counter.startCount(NOW);
        // Stored while it is counted: seen or not.
        for (int i = 0; i < 30; i++) {
            counter.accepted();
        }
        counter.counted(50, NOW);
        assertThat(counter.bound()).isEqualTo(50 + 30 + 10);
    }

    @Test
    void aCountThatFailsLeavesTheLastOne() {
        counted(10, 500);
        take(300);
        assertThat(counter.startCount(NOW.plusSeconds(60))).isTrue();
        counter.notCounted(NOW.plusSeconds(61));
        assertThat(counter.bound()).isEqualTo(800);
    }

    private void counted(int taken, long open) {
        take(taken);
        for (int i = 0; i < taken; i++) {
            counter.accepted();
        }
        assertThat(counter.startCount(NOW)).isTrue();
        counter.counted(open, NOW);
    }

    private void take(int jobs) {
        for (int i = 0; i < jobs; i++) {
            assertThat(counter.take()).isTrue();
        }
    }
}
