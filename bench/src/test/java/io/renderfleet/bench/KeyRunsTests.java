package io.renderfleet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.client.Job;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyRunsTests {
    private final KeyRuns runs = new KeyRuns();

    @Test
    void jobsThatTouchAreInOrder() {
        runs.add(job("a", 0, 2));
        runs.add(job("a", 2, 3));

        assertThat(runs.violations()).isZero();
        assertThat(runs.mostKeysAtATime()).isEqualTo(1);
    }

    @Test
    void aJobThatOverlapsTheOneBeforeItIsAViolation() {
        runs.add(job("a", 0, 2));
        runs.add(job("a", 1, 3));

        assertThat(runs.violations()).isEqualTo(1);
    }

    @Test
    void differentKeysMayOverlap() {
        runs.add(job("a", 0, 4));
        runs.add(job("b", 1, 3));
        runs.add(job("c", 2, 5));
        runs.add(job("d", 5, 6));

        assertThat(runs.violations()).isZero();
        assertThat(runs.mostKeysAtATime()).isEqualTo(3);
    }

    private static Job job(String key, int started, int finished) {
        Instant day = Instant.parse("2030-01-01T00:00:00Z");
        return new Job(
                "job",
                "render",
                "user",
                Job.Status.COMPLETED,
                0,
                null,
                key,
                null,
                1,
                List.of(),
                false,
                day,
                null,
                null,
                day.plusSeconds(started),
                day.plusSeconds(finished),
                null,
                null,
                null,
                List.of(),
                null,
                Map.of());
    }
}
