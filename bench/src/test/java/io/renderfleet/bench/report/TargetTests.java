package io.renderfleet.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TargetTests {

    @Test
    void isMetAtItsLimit() {
        assertThat(Target.atLeast(120).isMetBy(120)).isTrue();
        assertThat(Target.atMost(4).isMetBy(4)).isTrue();
        assertThat(Target.exactly(1).isMetBy(1)).isTrue();
    }

    @Test
    void isMissedOnTheWrongSide() {
        assertThat(Target.atLeast(120).isMetBy(119.9)).isFalse();
        assertThat(Target.atMost(4).isMetBy(4.0005)).isFalse();
        assertThat(Target.exactly(1).isMetBy(1.0005)).isFalse();
        assertThat(Target.atMost(4).isMetBy(Double.NaN)).isFalse();
    }

    @Test
    void breaksTheRunOnlyWhenItMustHold() {
        Figure slow = Figure.of("rate", "jobs finished", 80, "/s").against(Target.atLeast(120));
        Figure dear = Figure.of("writes", "writes", 5, "a job")
                .against(Target.atMost(4).mustHold());

        assertThat(slow.isMet()).isFalse();
        assertThat(slow.isBroken()).isFalse();
        assertThat(dear.isBroken()).isTrue();
    }
}
