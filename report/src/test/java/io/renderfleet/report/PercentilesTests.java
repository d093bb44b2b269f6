package io.renderfleet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class PercentilesTests {

    @Test
    void areValuesThatWereMeasured() {
        var values = new Percentiles(
                IntStream.rangeClosed(1, 200).mapToObj(i -> (double) i).toList());

        assertThat(values.at(50)).isEqualTo(100);
        assertThat(values.at(95)).isEqualTo(190);
        assertThat(values.at(99)).isEqualTo(198);
        assertThat(values.at(100)).isEqualTo(200);
    }

    @Test
    void ofOneValueAreThatValue() {
        var values = new Percentiles(List.of(7.5));

        assertThat(values.at(0.1)).isEqualTo(7.5);
        assertThat(values.at(99)).isEqualTo(7.5);
    }

    @Test
    void doNotDependOnTheOrder() {
        assertThat(new Percentiles(List.of(3.0, 1.0, 2.0)).at(50)).isEqualTo(2);
    }

    @Property
    void leaveAtMostTheRestAboveThem(
            @ForAll @NotEmpty List<@DoubleRange(min = -1e9, max = 1e9) Double> measured,
            @ForAll @DoubleRange(min = 0.1, max = 100) double percent) {
        double percentile = new Percentiles(measured).at(percent);

        long notAbove = measured.stream().filter(value -> value <= percentile).count();
        long below = measured.stream().filter(value -> value < percentile).count();
        assertThat(measured).contains(percentile);
        assertThat(notAbove * 100.0 / measured.size()).isGreaterThanOrEqualTo(percent - 1e-6);
        assertThat(below * 100.0 / measured.size()).isLessThan(percent + 1e-6);
    }

    @Test
    void areNotThereWhenNothingWasMeasured() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Percentiles(List.of()));
    }

    @Test
    void areAbove0AndUpTo100() {
        var values = new Percentiles(List.of(1.0));

        assertThatIllegalArgumentException().isThrownBy(() -> values.at(0));
        assertThatIllegalArgumentException().isThrownBy(() -> values.at(100.1));
        assertThatIllegalArgumentException().isThrownBy(() -> values.at(Double.NaN));
    }
}
