package io.renderfleet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressWatchTests {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private final ProgressWatch watch = new ProgressWatch(Duration.ofSeconds(10), Duration.ofSeconds(3));

    @Test
    void aStateThatDoesNotChangeWhileAllServicesAreReadyIsStuck() {
        observe("pending", true, 11);
        assertThat(watch.isStuck()).isFalse();

        observe("pending", true, 1);
        assertThat(watch.isStuck()).isTrue();
    }

    @Test
    void anyChangeIsProgress() {
        observe("route 1", true, 10);
        observe("route 2", true, 11);

        assertThat(watch.isStuck()).isFalse();
    }

    @Test
    void timeInWhichAServiceIsNotReadyDoesNotCount() {
        observe("pending", true, 10);
        observe("pending", false, 120);
        observe("pending", true, 10);
        assertThat(watch.isStuck()).isFalse();

        observe("pending", true, 1);
        assertThat(watch.isStuck()).isTrue();
    }

    @Test
    void aLongGapBetweenObservationsCountsOnlyInPart() {
        observe("pending", true, 1);
        watch.observe("pending", true, Duration.ofMinutes(5));
        assertThat(watch.isStuck()).isFalse();

        observe("pending", true, 8);
        assertThat(watch.isStuck()).isTrue();
    }

    private void observe(String state, boolean ready, int times) {
        for (int i = 0; i < times; i++) {
            watch.observe(state, ready, SECOND);
        }
    }
}
