package io.renderfleet.simulator;

import java.util.List;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The policies that are compared. All have the template's bounds and cooldowns. */
enum PolicyKind {
    /** The template's policy: target tracking of the backlog per task, and its wake step. */
    BACKLOG("backlog per task") {
        @Override
        ScalingPolicy policy(ScalingSettings settings) {
            return ScalingPolicy.all(List.of(
                    new TargetTracking(MinuteSample::backlogPerTask, settings.backlogPerTask(), settings),
                    wake(sample -> sample.asleep(settings), settings)));
        }
    },
    /** The template's policy if AWS scales in only as far as the busiest of the fifteen minutes allows. */
    BACKLOG_GENTLE("backlog per task, gentle scale-in") {
        @Override
        ScalingPolicy policy(ScalingSettings settings) {
            return ScalingPolicy.all(List.of(
                    new TargetTracking(
                            MinuteSample::backlogPerTask,
                            settings.backlogPerTask(),
                            settings,
                            TargetTracking.IN_POINTS),
                    wake(sample -> sample.asleep(settings), settings)));
        }
    },
    /** Target tracking at 70 percent CPU, for jobs that keep the CPU of their slot fully busy. */
    CPU("CPU at 70 %") {
        @Override
        ScalingSettings settings(ScalingSettings template) {
            return atLeastOne(template);
        }

        @Override
        ScalingPolicy policy(ScalingSettings settings) {
            return new TargetTracking(MinuteSample::cpuPercent, CPU_TARGET, settings);
        }
    },
    /** Target tracking at 70 percent CPU, for jobs that wait for files for 40 percent of their time. */
    CPU_WAITING("CPU at 70 %, jobs use 60 %") {
        @Override
        ScalingSettings settings(ScalingSettings template) {
            return atLeastOne(template);
        }

        @Override
        ScalingPolicy policy(ScalingSettings settings) {
            return CPU.policy(settings);
        }

        @Override
        double cpuPercentOfBusy() {
            return 60;
        }
    },
    /**
     * Step scaling only: one task for the first job; one more at or above the target, two more at or above twice the
     * target, four more at or above five times the target; one less when half of the slots are idle.
     */
    STEPS("steps of 1, 2 and 4") {
        @Override
        ScalingPolicy policy(ScalingSettings settings) {
            double target = settings.backlogPerTask();
            double idle = settings.slots() / 2.0;
            var out = new TreeMap<Double, Integer>();
            out.put(target, 1);
            out.put(2 * target, 2);
            out.put(5 * target, 4);
            var in = new TreeMap<Double, Integer>();
            in.put(0.0, -1);
            return ScalingPolicy.all(List.of(
                    new StepScaling(
                            new Alarm(MinuteSample::backlogPerTask, figure -> figure >= target, 1),
                            out,
                            settings.scaleOutCooldown(),
                            settings),
                    new StepScaling(
                            new Alarm(MinuteSample::backlogPerTask, figure -> figure < idle, TargetTracking.IN_POINTS),
                            in,
                            settings.scaleInCooldown(),
                            settings),
                    wake(sample -> sample.waiting() > 0 && sample.held() == 0 ? 1 : 0, settings)));
        }
    };

    /** The policies that the tables and charts compare. */
    static final List<PolicyKind> COMPARED = List.of(BACKLOG, CPU, CPU_WAITING, STEPS);

    private static final double CPU_TARGET = 70;

    private final String label;

    PolicyKind(String label) {
        this.label = label;
    }

    /** Creates the policy for one simulation. */
    abstract ScalingPolicy policy(ScalingSettings settings);

    /** The settings of the template, unless the policy does not work with them. */
    ScalingSettings settings(ScalingSettings template) {
        return template;
    }

    String label() {
        return label;
    }

    /** The CPU utilization of a task when all its slots are busy. */
    double cpuPercentOfBusy() {
        return 100;
    }

    /** Without a task there is no CPU metric, so a CPU policy keeps one task. */
    private static ScalingSettings atLeastOne(ScalingSettings template) {
        return template.withTasks(Math.max(1, template.minTasks()), template.maxTasks());
    }

    private static ScalingPolicy wake(ToDoubleFunction<MinuteSample> figure, ScalingSettings settings) {
        ScalingSettings.Wake wake = settings.wake();
        var step = new TreeMap<Double, Integer>();
        step.put(wake.threshold(), wake.step());
        Alarm alarm = new Alarm(figure, value -> value >= wake.threshold(), wake.points());
        return new StepScaling(alarm, step, wake.cooldown(), settings);
    }
}
