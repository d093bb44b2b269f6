package io.renderfleet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** With one task from 10 waiting jobs on and four from 100 on, and 120 s between steps. */
class StepScalingTests {
    private final StepScaling policy = policy();

    @Test
    void doesNothingBelowTheLowestStep() {
        assertThat(policy.desired(60, waiting(9), 3)).isEqualTo(3);
    }

    @Test
    void addsTheStepThatHolds() {
        assertThat(policy().desired(60, waiting(10), 0)).isEqualTo(1);
        assertThat(policy().desired(60, waiting(100), 0)).isEqualTo(4);
    }

    @Test
    void addsOnlyWhatALargerStepAddsDuringTheCooldown() {
        assertThat(policy.desired(60, waiting(10), 0)).isEqualTo(1);
        assertThat(policy.desired(120, waiting(10), 1)).isEqualTo(1);
        assertThat(policy.desired(120, waiting(100), 1)).isEqualTo(4);
        assertThat(policy.desired(180, waiting(100), 4)).isEqualTo(4);
        assertThat(policy.desired(240, waiting(100), 4)).isEqualTo(8);
    }

    @Test
    void staysWithinItsBounds() {
        assertThat(policy.desired(60, waiting(100), 9)).isEqualTo(10);
    }

    @Test
    void ofSeveralPoliciesTheLargestWinsAndFewerOnlyWhenNoneWantsMore() {
        ScalingPolicy less = (second, minutes, desired) -> desired - 2;
        ScalingPolicy more = (second, minutes, desired) -> desired + 1;
        ScalingPolicy same = (second, minutes, desired) -> desired;

        assertThat(ScalingPolicy.all(List.of(less, more)).desired(60, waiting(0), 5))
                .isEqualTo(6);
        assertThat(ScalingPolicy.all(List.of(less, same)).desired(60, waiting(0), 5))
                .isEqualTo(3);
    }

    private static StepScaling policy() {
        var steps = new TreeMap<Double, Integer>();
        steps.put(10.0, 1);
        steps.put(100.0, 4);
        return new StepScaling(
                new Alarm(MinuteSample::waiting, figure -> figure >= 10, 1),
                steps,
                120,
                Project.settings().withTasks(0, 10));
    }

    private static List<MinuteSample> waiting(int jobs) {
        return List.of(new MinuteSample(jobs, 0, 0, 0, 0));
    }
}
