package io.renderfleet.fakellm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyTests {
    private static final Latency LATENCY = FakeLlmSettings.defaults().latency();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42, -7})
    void hasTheMedianAndTheP95OfItsSettings(long seed) {
        List<Long> sorted = draws(seed, 2_000).stream().sorted().toList();
        assertThat(sorted.get(999)).isCloseTo(400, withinPercentage(15));
        assertThat(sorted.get(1_899)).isCloseTo(900, withinPercentage(15));
        assertThat(sorted.getLast()).as("the tail").isGreaterThan(1_200);
    }

    @Test
    void isTheSameForTheSameSeed() {
        assertThat(draws(1, 100)).isEqualTo(draws(1, 100)).isNotEqualTo(draws(2, 100));
    }

    @Test
    void canBeNone() {
        assertThat(Latency.NONE.draw(new SplittableRandom(1))).isZero();
    }

    @ParameterizedTest
    @CsvSource({"-1,5", "5,4", "0,1", "1,60001"})
    void refusesValuesThatAreNoDistribution(long median, long p95) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Latency(Duration.ofMillis(median), Duration.ofMillis(p95)))
                .withMessageContaining(median + " ms");
    }

    private static List<Long> draws(long seed, int number) {
        var random = new SplittableRandom(seed);
        return IntStream.range(0, number)
                .mapToObj(_ -> LATENCY.draw(random).toMillis())
                .toList();
    }
}
