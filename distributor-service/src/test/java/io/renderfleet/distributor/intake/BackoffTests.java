package io.renderfleet.distributor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BackoffTests {
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration MOST = Duration.ofMinutes(5);

    @Property
    void doublesWithUpToHalfAsMuchMoreAndNeverPassesItsLimit(
            @ForAll @IntRange(min = 1, max = 1000) int times, @ForAll long seed) {
        Duration delay = new Backoff(FIRST, MOST).delay(times, new Random(seed));
        Duration least = times > 6 ? MOST : FIRST.multipliedBy(1L << (times - 1));
        assertThat(delay).isBetween(least, least.multipliedBy(3).dividedBy(2)).isLessThanOrEqualTo(MOST);
    }
}
