package io.renderfleet.api.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TallyTests {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration APART = Duration.ofSeconds(2);

    private final Tally tally = new Tally(1000, APART);

    @Test
    void takesUpToTheLimitAndGivesRoomBack() {
        take(1000);
        assertThat(tally.take()).isFalse();
        tally.unused();
        assertThat(tally.take()).isTrue();
        assertThat(tally.take()).isFalse();
        tally.accepted();
        assertThat(tally.take()).isFalse();
    }

    @Test
    void countsAUserFirstAfterOnePercentOfTheLimit() {
        take(9);
        assertThat(tally.startCount(NOW)).isFalse();
        take(1);
        assertThat(tally.startCount(NOW)).isTrue();
    }

    @Test
    void countsAgainOnlyNearTheLimit() {
        counted(10, 0);
        take(799);
        assertThat(tally.startCount(NOW.plusSeconds(60))).isFalse();
        take(1);
        assertThat(tally.startCount(NOW.plusSeconds(60))).isTrue();
    }

    @Test
    void oneCountsAtATimeAndNotTooOften() {
        take(900);
        assertThat(tally.startCount(NOW)).isTrue();
        assertThat(tally.startCount(NOW.plusSeconds(60))).isFalse();
        tally.counted(900, NOW.plusMillis(100));
        assertThat(tally.startCount(NOW.plusMillis(2099))).isFalse();
        assertThat(tally.startCount(NOW.plusMillis(2100))).isTrue();
    }

    @Test
    void aCountThatTakesLongIsFollowedByAPauseAsLong() {
        take(900);
        tally.startCount(NOW);
        tally.notCounted(NOW.plusSeconds(10));
        assertThat(tally.startCount(NOW.plusSeconds(19))).isFalse();
        assertThat(tally.startCount(NOW.plusSeconds(20))).isTrue();
    }

    @Test
    void aCountReplacesWhatItCouldSeeAndNothingElse() {
        take(100);
        for (int i = 0; i < 60; i++) {
            tally.accepted();
        }
        tally.startCount(NOW);
        // Stored while it is counted: seen or not.
        for (int i = 0; i < 30; i++) {
            tally.accepted();
        }
        tally.counted(50, NOW);
        assertThat(tally.bound()).isEqualTo(50 + 30 + 10);
    }

    @Test
    void aCountThatFailsLeavesTheLastOne() {
        counted(10, 500);
        take(300);
        assertThat(tally.startCount(NOW.plusSeconds(60))).isTrue();
        tally.notCounted(NOW.plusSeconds(61));
        assertThat(tally.bound()).isEqualTo(800);
    }

    private void counted(int taken, long open) {
        take(taken);
        for (int i = 0; i < taken; i++) {
            tally.accepted();
        }
        assertThat(tally.startCount(NOW)).isTrue();
        tally.counted(open, NOW);
    }

    private void take(int jobs) {
        for (int i = 0; i < jobs; i++) {
            assertThat(tally.take()).isTrue();
        }
    }
}
