package io.renderfleet.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BackoffTests {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMinutes(5));

    @Test
    void theBoundDoublesUpToItsEnd() {
        assertThat(BACKOFF.bound(0)).isEqualTo(Duration.ofSeconds(2));
        assertThat(BACKOFF.bound(1)).isEqualTo(Duration.ofSeconds(4));
        assertThat(BACKOFF.bound(7)).isEqualTo(Duration.ofSeconds(256));
        assertThat(BACKOFF.bound(8)).isEqualTo(Duration.ofMinutes(5));
    }

    @Property
    void theBoundNeverShrinks(@ForAll @IntRange(max = Integer.MAX_VALUE - 1) int tries) {
        assertThat(BACKOFF.bound(tries + 1)).isGreaterThanOrEqualTo(BACKOFF.bound(tries));
    }

    @Property
    void theDelayIsWithinItsBound(@ForAll @IntRange(max = Integer.MAX_VALUE) int tries, @ForAll long seed) {
        assertThat(BACKOFF.delay(tries, new Random(seed)))
                .isBetween(Duration.ofSeconds(1), BACKOFF.bound(tries))
                .matches(delay -> delay.toNanosPart() == 0);
    }
}
