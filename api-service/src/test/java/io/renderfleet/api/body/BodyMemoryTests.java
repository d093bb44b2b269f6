package io.renderfleet.api.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class BodyMemoryTests {
    private static final int KB = 1024;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final BodyMemory memory = new BodyMemory(
            new BodySettings(
                    DataSize.ofKilobytes(8), Duration.ofSeconds(1), Duration.ofSeconds(2), DataSize.ofMegabytes(1)),
            meters);

    @Test
    void leavesAQuarterToSmallBodies() {
        try (BodyMemory.Reservation large = memory.open();
                BodyMemory.Reservation other = memory.open();
                BodyMemory.Reservation small = memory.open()) {
            large.take(BodyMemory.SMALL_BODY + 500 * KB);
            other.take(BodyMemory.SMALL_BODY + 268 * KB);

            assertBusy(other, 1);
            small.take(BodyMemory.SMALL_BODY);
            assertBusy(small, 1);
        }
        assertThat(memory.held()).isZero();
    }

    @Test
    void refusesWhatExceedsTheMemoryAndTakesNothingForIt() {
        BodyMemory.Reservation[] bodies = new BodyMemory.Reservation[16];
        for (int i = 0; i < bodies.length; i++) {
            bodies[i] = memory.open();
            bodies[i].take(BodyMemory.SMALL_BODY);
        }
        try (BodyMemory.Reservation late = memory.open()) {
            assertBusy(late, 1);
            bodies[0].close();
            late.take(BodyMemory.SMALL_BODY);
        }
        assertThat(meters.get("renderfleet.api.body.bytes").gauge().value()).isEqualTo(15 * BodyMemory.SMALL_BODY);
    }

    @Test
    void givesEverythingBackOnce() {
        BodyMemory.Reservation body = memory.open();
        body.take(300 * KB);
        body.close();
        body.close();

        assertThat(memory.held()).isZero();
    }

    private static void assertBusy(BodyMemory.Reservation body, int bytes) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> body.take(bytes))
                .satisfies(e -> {
                    assertThat(e.type()).isEqualTo(ProblemType.BUSY);
                    assertThat(e.retryAfter()).isNotNull();
                });
    }
}
