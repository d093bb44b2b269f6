package io.renderfleet.distributor.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.region.RegionId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DepthLedgerTests {
    private static final RegionId EAST = new RegionId("us-east-1");
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private final DepthLedger ledger = new DepthLedger(List.of(EAST), 3);
    private final RegionLedger east = ledger.region(EAST);

    @Test
    void isUnknownUntilTheFirstReading() {
        assertThat(ledger.depth(EAST).known()).isFalse();
        read(7, NOW);
        assertThat(ledger.depth(EAST)).isEqualTo(new Depth(7, true, NOW));
    }

    @Test
    void addsWhatWasSentSinceTheReading() {
        read(7, NOW);
        send(3);
        assertThat(jobs()).isEqualTo(10);
    }

    @Test
    void doesNotAddWhatTheReadingHasSeen() {
        read(7, NOW);
        send(3);
        read(10, NOW.plusSeconds(2));
        assertThat(jobs()).isEqualTo(10);
    }

    @Test
    void countsWhatWasSentDuringAReadingUntilTheNextOne() {
        RegionLedger.Reading reading = east.begin(NOW);
        send(3);
        east.apply(reading, 7);
        assertThat(jobs()).isEqualTo(10);
        read(10, NOW.plusSeconds(2));
        assertThat(jobs()).isEqualTo(10);
    }

    @Test
    void countsPlacesThatAreSetAside() {
        read(0, NOW);
        try (Reservation batch = ledger.reserve(Map.of(EAST, 10L))) {
            assertThat(jobs()).isEqualTo(10);
            batch.sent(EAST, 4);
            assertThat(jobs()).isEqualTo(10);
        }
        assertThat(jobs()).isEqualTo(4);
    }

    @Test
    void countsWhatIsSentWithoutAPlaceOrAfterTheBatchWasGivenUp() {
        read(0, NOW);
        Reservation batch = ledger.reserve(Map.of());
        batch.sent(EAST, 2);
        batch.close();
        batch.close();
        batch.sent(EAST, 3);
        assertThat(jobs()).isEqualTo(5);
    }

    @Test
    void becomesUnknownAfterReadingsWithoutAnswerAndKnownWithTheNextAnswer() {
        read(7, NOW);
        east.failed();
        east.failed();
        assertThat(ledger.depth(EAST).known()).isTrue();
        east.failed();
        assertThat(ledger.depth(EAST).known()).isFalse();
        read(1, NOW.plusSeconds(9));
        assertThat(ledger.depth(EAST).known()).isTrue();
    }

    @Test
    void dropsAnAnswerThatANewerOneOvertook() {
        RegionLedger.Reading late = east.begin(NOW);
        read(7, NOW.plusSeconds(2));
        east.apply(late, 99);
        assertThat(jobs()).isEqualTo(7);
    }

    @Test
    void knowsOnlyConfiguredRegions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ledger.depth(new RegionId("eu-west-1")))
                .withMessageContaining("eu-west-1");
    }

    private void read(long depth, Instant at) {
        east.apply(east.begin(at), depth);
    }

    private void send(long jobs) {
        try (Reservation batch = ledger.reserve(Map.of(EAST, jobs))) {
            batch.sent(EAST, jobs);
        }
    }

    private long jobs() {
        return ledger.depth(EAST).jobs();
    }
}
