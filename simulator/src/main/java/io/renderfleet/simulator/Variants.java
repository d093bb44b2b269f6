package io.renderfleet.simulator;

import io.renderfleet.report.TextTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Simulates the template's policy with one number changed at a time. The limit of tasks is higher than in the template,
 * because that limit would hide a policy that requests too many tasks.
 */
final class Variants {
    /** The number {@code maxTasks} of {@code deploy/environments/prod.json}. */
    static final int MANY_TASKS = 40;

    private static final String SLACK = "BacklogPerTask 8, ScaleOutCooldown 60";
    private static final int SEEDS = 5;
    private static final double P95 = 95;
    private static final List<Workload> WORKLOADS = List.of(Workload.STEADY, Workload.WAVE, Workload.HOURS);

    private Variants() {}

    /** As an aligned table of means over seeds, the same for the same settings and seed. */
    static String text(ScalingSettings template, long seed) {
        var header = new ArrayList<>(List.of("changed"));
        WORKLOADS.forEach(workload -> header.addAll(List.of(workload.label() + ": p95", "task-hours")));
        var table = new TextTable(header, Set.of(1, 2, 3, 4, 5, 6));
        ScalingSettings base = template.withTasks(template.minTasks(), MANY_TASKS);
        add(table, "nothing", PolicyKind.BACKLOG, base, seed);
        for (double target : List.of(1.5, 3.0, 4.0, 8.0)) {
            add(table, "BacklogPerTask " + plain(target), PolicyKind.BACKLOG, base.withTarget(target), seed);
        }
        for (int out : List.of(60, 120, 300)) {
            add(table, "ScaleOutCooldown " + out, PolicyKind.BACKLOG, base.withScaleOutCooldown(out), seed);
        }
        for (int in : List.of(60, 600)) {
            add(table, "ScaleInCooldown " + in, PolicyKind.BACKLOG, base.withScaleInCooldown(in), seed);
        }
        add(table, "WakeCooldown 120", PolicyKind.BACKLOG, base.withWakeCooldown(120), seed);
        add(table, "MinTasks 1", PolicyKind.BACKLOG, base.withTasks(1, MANY_TASKS), seed);
        add(table, "MaxTasks " + template.maxTasks(), PolicyKind.BACKLOG, template, seed);
        ScalingSettings slack = base.withTarget(8).withScaleOutCooldown(60);
        add(table, SLACK, PolicyKind.BACKLOG, slack, seed);
        add(table, "nothing, gentle scale-in", PolicyKind.BACKLOG_GENTLE, base, seed);
        add(table, SLACK + ", gentle scale-in", PolicyKind.BACKLOG_GENTLE, slack, seed);
        return table.text();
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    private static void add(TextTable table, String label, PolicyKind kind, ScalingSettings settings, long seed) {
        List<String> cells = new ArrayList<>();
        cells.add(label);
        for (Workload workload : WORKLOADS) {
            double latency = 0;
            double hours = 0;
            for (int i = 0; i < SEEDS; i++) {
                Outcome outcome = Simulation.run(settings, kind, workload.jobs(seed + i), seed + i);
                latency += outcome.startLatency().at(P95) / SEEDS;
                hours += outcome.taskHours() / SEEDS;
            }
            cells.add(Comparison.time(latency));
            cells.add(String.format(Locale.ROOT, "%.0f", hours));
        }
        table.row(cells);
    }
}
