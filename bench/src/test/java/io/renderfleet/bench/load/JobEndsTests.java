package io.renderfleet.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.renderfleet.bench.BenchException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JobEndsTests {
    private final JobEnds ends = new JobEnds();

    @Test
    void knowsAnEndThatCameBeforeAnybodyWaited() throws InterruptedException {
        long before = System.nanoTime();
        ends.written("a", "PROCESSING");
        ends.written("a", "COMPLETED");

        assertThat(ends.await("a", Duration.ofSeconds(5)) - before).isNotNegative();
    }

    @Test
    void takesAJobThatFailedForNoResult() {
        ends.written("a", "FAILED");

        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> ends.await("a", Duration.ofSeconds(5)))
                .withMessageContaining("Job a did not succeed")
                .withMessageContaining("FAILED");
    }

    @Test
    void waitsNoLongerThanTheLimit() {
        ends.written("a", "PROCESSING");

        assertThatExceptionOfType(BenchException.class).isThrownBy(() -> ends.await("a", Duration.ZERO));
    }
}
