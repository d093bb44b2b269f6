package io.renderfleet.distributor.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaneDepthsTests {
    private static final RegionId EAST = new RegionId("us-east-1");

    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00Z"));
    private final Map<Lane, Long> queues = new EnumMap<>(Lane.class);
    private final List<Lane> asked = new ArrayList<>();
    private final LaneDepths depths = new LaneDepths(
            (region, lane) -> {
                asked.add(lane);
                return queues.getOrDefault(lane, 0L);
            },
            Duration.ofSeconds(30),
            clock,
            Runnable::run);

    private List<Lane> askedIn(Runnable action) {
        asked.clear();
        action.run();
        return List.copyOf(asked);
    }

    @Test
    void addsUpAllLanesAtFirst() {
        queues.putAll(Map.of(Lane.HIGH, 2L, Lane.LOW, 5L));
        assertThat(askedIn(() -> assertThat(depths.read(EAST)).isEqualTo(7))).containsExactly(Lane.values());
    }

    @Test
    void asksEmptyLanesSeldomAndTheOthersEachTime() {
        queues.put(Lane.LOW, 5L);
        depths.read(EAST);
        clock.advance(Duration.ofSeconds(2));
        assertThat(askedIn(() -> assertThat(depths.read(EAST)).isEqualTo(5))).containsExactly(Lane.LOW);
        clock.advance(Duration.ofSeconds(30));
        assertThat(askedIn(() -> depths.read(EAST))).containsExactly(Lane.values());
    }

    @Test
    void asksALaneThatIsSentTo() {
        depths.read(EAST);
        clock.advance(Duration.ofSeconds(2));
        depths.use(Lane.HIGH);
        assertThat(askedIn(() -> depths.read(EAST))).containsExactly(Lane.HIGH);
    }

    @Test
    void asksOneLaneAtLeastSoThatARegionThatIsGoneIsSeen() {
        depths.read(EAST);
        clock.advance(Duration.ofSeconds(2));
        assertThat(askedIn(() -> depths.read(EAST))).containsExactly(Lane.NORMAL);
    }

    @Test
    void failsWhenALaneDoesNotAnswer() {
        LaneDepths failing = new LaneDepths(
                (region, lane) -> {
                    throw new IllegalStateException("away");
                },
                Duration.ofSeconds(30),
                clock,
                Runnable::run);
        assertThatThrownBy(() -> failing.read(EAST)).hasMessageContaining("away");
    }
}
