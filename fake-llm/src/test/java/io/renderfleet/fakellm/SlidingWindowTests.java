package io.renderfleet.fakellm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SlidingWindowTests {
    private record Event(long time, long amount) {}

    /** Compares with a sum over everything that was ever added. */
    @Property
    void fitsExactlyIfTheSumOfTheWindowKeepsTheLimit(
            @ForAll @IntRange(min = 1, max = 20) int limit,
            @ForAll @Size(max = 60) List<@IntRange(max = 9) Integer> steps,
            @ForAll @IntRange(min = 1, max = 5) int most) {
        int length = 10;
        var window = new SlidingWindow(limit, length);
        List<Event> all = new ArrayList<>();
        long now = -5;
        int amount = 1;
        for (int step : steps) {
            now += step;
            amount = amount % most + 1;
            long time = now;
            long sum = all.stream()
                    .filter(event -> time - event.time() < length)
                    .mapToLong(Event::amount)
                    .sum();
            assertThat(window.fits(now, amount)).isEqualTo(sum + amount <= limit);
            window.add(now, amount);
            all.add(new Event(now, amount));
        }
    }

    @Test
    void saysWhenAnAmountFits() {
        var window = new SlidingWindow(10, 100);
        window.add(0, 4);
        window.add(30, 4);
        assertThat(window.untilFits(50, 2)).isZero();
        assertThat(window.untilFits(50, 3)).isEqualTo(50);
        assertThat(window.untilFits(50, 7)).isEqualTo(80);
        assertThat(window.untilFits(50, 11)).as("never").isZero();
        assertThat(window.fits(50, 11)).isFalse();
    }

    @Test
    void aLimitOfZeroIsNone() {
        var window = new SlidingWindow(0, 100);
        window.add(0, Integer.MAX_VALUE);
        assertThat(window.fits(0, Integer.MAX_VALUE)).isTrue();
    }
}
