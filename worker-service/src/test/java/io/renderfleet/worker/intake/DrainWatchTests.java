package io.renderfleet.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.region.RegionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrainWatchTests {
    private static final RegionId HERE = new RegionId("us-west-1");
    private static final RegionId ELSEWHERE = new RegionId("us-east-1");

    private final List<Boolean> told = new ArrayList<>();
    private Set<RegionId> drained = Set.of();
    private boolean away;
    private final DrainWatch watch = new DrainWatch(
            () -> {
                if (away) {
                    throw new IllegalStateException("no answer");
                }
                return drained;
            },
            HERE);

    @AfterEach
    void close() {
        watch.close();
    }

    private void look() {
        watch.look(told::add);
    }

    @Test
    void tellsOfChangesOnly() {
        look();
        drained = Set.of(ELSEWHERE);
        look();
        drained = Set.of(ELSEWHERE, HERE);
        look();
        look();
        drained = Set.of();
        look();
        look();
        assertThat(told).containsExactly(true, false);
    }

    @Test
    void whatWasSeenLastHoldsWhileTheLookFails() {
        drained = Set.of(HERE);
        look();
        away = true;
        look();
        look();
        away = false;
        look();
        assertThat(told).containsExactly(true);
        drained = Set.of();
        look();
        assertThat(told).containsExactly(true, false);
    }
}
