package io.renderfleet.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Charts of waiting jobs and running tasks over time, with one line for each policy.
 *
 * @param kinds the policies in the order of the legend
 * @param hours the shown time from the start, in hours
 * @param grain the number of minutes for which one value of the waiting jobs, the largest, is shown
 */
record Timelines(
        String title, Workload workload, List<PolicyKind> kinds, ScalingSettings settings, int hours, int grain) {
    private static final double MINUTES_PER_HOUR = 60;

    String svg() {
        List<QueuedJob> jobs = workload.jobs(ScalingDocument.SEED);
        List<LineChart.Line> waiting = new ArrayList<>();
        List<LineChart.Line> running = new ArrayList<>();
        for (PolicyKind kind : kinds) {
            List<MinuteSample> minutes =
                    Simulation.run(settings, kind, jobs, ScalingDocument.SEED).minutes();
            int rest = kind.settings(settings).minTasks();
            waiting.add(line(kind, minutes, grain, MinuteSample::waiting, 0));
            running.add(line(kind, minutes, 1, MinuteSample::running, rest));
        }
        String grained = grain == 1 ? "waiting jobs" : "waiting jobs, the most in " + grain + " minutes";
        return new LineChart(
                        title,
                        "hours",
                        hours,
                        List.of(new LineChart.Panel(grained, waiting), new LineChart.Panel("running tasks", running)))
                .svg();
    }

    /** @param rest the value after the end of the simulation, when the fleet is idle */
    private LineChart.Line line(
            PolicyKind kind, List<MinuteSample> minutes, int step, ToIntFunction<MinuteSample> figure, int rest) {
        List<LineChart.Point> points = new ArrayList<>();
        points.add(new LineChart.Point(0, 0));
        int shown = Math.min(minutes.size(), (int) (hours * MINUTES_PER_HOUR));
        for (int from = 0; from + step <= shown; from += step) {
            int worst = minutes.subList(from, from + step).stream()
                    .mapToInt(figure)
                    .max()
                    .orElse(0);
            points.add(new LineChart.Point((from + step) / MINUTES_PER_HOUR, worst));
        }
        if (minutes.size() < hours * MINUTES_PER_HOUR) {
            points.add(new LineChart.Point((minutes.size() + 1) / MINUTES_PER_HOUR, rest));
            points.add(new LineChart.Point(hours, rest));
        }
        return new LineChart.Line(kind.label(), PolicyKind.COMPARED.indexOf(kind), points);
    }
}
