package io.renderfleet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With a target of 10 and 2 to 50 tasks, 120 s after a scale-out and 300 s after a scale-in. */
class TargetTrackingTests {
    private static final int TARGET = 10;

    private final ScalingSettings settings =
            Project.settings().withTasks(2, 50).withScaleOutCooldown(120).withScaleInCooldown(300);
    private final TargetTracking policy = tracking(settings);

    @Test
    void scalesOutAtTheThirdMinuteAboveTheTarget() {
        assertThat(policy.desired(120, figures(20, 20), 4)).isEqualTo(4);
        assertThat(policy.desired(180, figures(20, 20, 20), 4)).isEqualTo(8);
    }

    @Test
    void oneMinuteAtTheTargetRestartsTheCount() {
        assertThat(policy.desired(180, figures(20, 10, 20), 4)).isEqualTo(4);
    }

    @Test
    void roundsUp() {
        assertThat(policy.desired(180, figures(11, 11, 11), 4)).isEqualTo(5);
    }

    @Test
    void goesByTheNewestMinute() {
        assertThat(policy.desired(180, figures(90, 90, 15), 4)).isEqualTo(6);
    }

    @Test
    void scalesInAtTheFifteenthMinuteBelowNineTenthsOfTheTarget() {
        assertThat(policy.desired(840, Collections.nCopies(14, figure(4)), 10)).isEqualTo(10);
        assertThat(policy.desired(900, Collections.nCopies(15, figure(4)), 10)).isEqualTo(4);
    }

    @Test
    void nineTenthsOfTheTargetAreEnough() {
        assertThat(policy.desired(900, Collections.nCopies(15, figure(9)), 10)).isEqualTo(10);
    }

    @Test
    void staysWithinItsBounds() {
        assertThat(policy.desired(180, figures(900, 900, 900), 4)).isEqualTo(50);
        assertThat(policy.desired(900, Collections.nCopies(15, figure(0)), 10)).isEqualTo(2);
    }

    @Test
    void duringTheCooldownCountsWhatWasAddedBefore() {
        assertThat(policy.desired(180, figures(20, 20, 20), 4)).isEqualTo(8);

        assertThat(policy.desired(240, figures(20, 20, 20), 8)).isEqualTo(8);
        assertThat(policy.desired(240, figures(30, 30, 30), 8)).isEqualTo(12);
        assertThat(policy.desired(300, figures(20, 20, 20), 12)).isEqualTo(24);
    }

    @Test
    void scalesInNoMoreDuringItsCooldown() {
        List<MinuteSample> low = Collections.nCopies(15, figure(5));

        assertThat(policy.desired(900, low, 40)).isEqualTo(20);
        assertThat(policy.desired(1199, low, 20)).isEqualTo(20);
        assertThat(policy.desired(1200, low, 20)).isEqualTo(10);
    }

    @Test
    void aScaleOutEndsTheCooldownOfTheScaleIn() {
        List<MinuteSample> low = Collections.nCopies(15, figure(5));

        assertThat(policy.desired(900, low, 20)).isEqualTo(10);
        assertThat(policy.desired(960, figures(20, 20, 20), 10)).isEqualTo(20);
        assertThat(policy.desired(1020, low, 20)).isEqualTo(10);
    }

    @Test
    void zeroTasksStayZero() {
        TargetTracking fromZero = tracking(settings.withTasks(0, 50));

        assertThat(fromZero.desired(180, figures(900, 900, 900), 0)).isZero();
    }

    @Test
    void gentlyScalesInOnlyAsFarAsTheBusiestMinuteAllows() {
        var gentle = new TargetTracking(MinuteSample::cpuPercent, TARGET, settings, TargetTracking.IN_POINTS);
        List<MinuteSample> minutes = new ArrayList<>(Collections.nCopies(15, figure(2)));
        minutes.set(3, figure(8));

        assertThat(gentle.desired(900, minutes, 10)).isEqualTo(8);
    }

    private static TargetTracking tracking(ScalingSettings settings) {
        return new TargetTracking(MinuteSample::cpuPercent, TARGET, settings);
    }

    private static List<MinuteSample> figures(double... figures) {
        List<MinuteSample> minutes = new ArrayList<>();
        for (double figure : figures) {
            minutes.add(figure(figure));
        }
        return minutes;
    }

    private static MinuteSample figure(double figure) {
        return new MinuteSample(0, 0, 0, 0, figure);
    }
}
