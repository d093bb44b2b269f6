package io.renderfleet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

    private static ObjectNode job(String key, int started, int finished) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("orderingKey", key)
                .put("startedAt", "2030-01-01T00:00:0" + started + "Z")
                .put("finishedAt", "2030-01-01T00:00:0" + finished + "Z");
    }
}
