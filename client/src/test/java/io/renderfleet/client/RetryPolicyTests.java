package io.renderfleet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Duration;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetryPolicyTests {
    private final RetryPolicy policy = RetryPolicy.defaults();

    @Property(tries = 200)
    void aPauseIsNeverShorterThanTheApiAsksFor(
            @ForAll @IntRange(max = 100) int seconds, @ForAll @IntRange(min = 1) int n) {
        Duration asked = Duration.ofSeconds(seconds);

        assertThat(policy.pause(n, asked, RandomGenerator.getDefault())).isGreaterThanOrEqualTo(asked);
    }

    @Property(tries = 200)
    void aPauseOfItsOwnIsBounded(@ForAll @IntRange(min = 1) int attempt) {
        assertThat(policy.pause(attempt, null, RandomGenerator.getDefault()))
                .isPositive()
                .isLessThanOrEqualTo(policy.maxPause());
    }

    @Test
    void refusesInvalidSettings() {
        assertThatIllegalArgumentException().isThrownBy(() -> policy.within(0, Duration.ofSeconds(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> policy.within(1, Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientOptions.of(URI.create("localhost:8080")))
                .withMessage("'localhost:8080' is not the address of an API. Use one such as http://127.0.0.1:8080.");
    }
}
