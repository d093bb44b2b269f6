package io.renderfleet.simulator;

import io.renderfleet.report.Percentiles;
import io.renderfleet.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.LongStream;

/** Compares the policies under every load, with the numbers of the template. */
final class Comparison {
    /** The number of consecutive seeds that show how much the results vary. */
    private static final int SEEDS = 3;

    private static final double P50 = 50;
    private static final double P95 = 95;
    private static final double P99 = 99;

    private final long seed;
    private final TextTable table = new TextTable(
            List.of("policy", "p50", "p95", "p99", "p95 by seeds", "task-hours", "interrupted", "unfinished", "$/1000"),
            Set.of(1, 2, 3, 4, 5, 6, 7, 8));

    private Comparison(long seed) {
        this.seed = seed;
    }

    /** As an aligned table, the same for the same settings and seed. */
    static String text(ScalingSettings settings, long seed) {
        var comparison = new Comparison(seed);
        for (Workload workload : Workload.values()) {
            comparison.add(workload, workload.label() + ": " + workload.description(), settings);
        }
        comparison.add(
                Workload.BURST,
                "the same burst with up to " + Variants.MANY_TASKS + " tasks",
                settings.withTasks(settings.minTasks(), Variants.MANY_TASKS));
        return comparison.table.text();
    }

    private void add(Workload workload, String title, ScalingSettings settings) {
        table.title(title);
        List<List<QueuedJob>> jobs =
                LongStream.range(seed, seed + SEEDS).mapToObj(workload::jobs).toList();
        for (PolicyKind kind : PolicyKind.COMPARED) {
            List<Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < SEEDS; i++) {
                outcomes.add(Simulation.run(settings, kind, jobs.get(i), seed + i));
            }
            table.row(cells(kind, outcomes));
        }
    }

    private static List<String> cells(PolicyKind kind, List<Outcome> outcomes) {
        Outcome first = outcomes.getFirst();
        Percentiles latency = first.startLatency();
        var spread = outcomes.stream()
                .mapToDouble(outcome -> outcome.startLatency().at(P95))
                .summaryStatistics();
        return List.of(
                kind.label(),
                time(latency.at(P50)),
                time(latency.at(P95)),
                time(latency.at(P99)),
                time(spread.getMin()) + " to " + time(spread.getMax()),
                String.format(Locale.ROOT, "%.1f", first.taskHours()),
                Long.toString(first.interruptions()),
                Long.toString(first.unfinished()),
                String.format(Locale.ROOT, "%.3f", first.costPerThousand()));
    }

    /** Formats seconds in a readable unit. */
    static String time(double seconds) {
        if (seconds < 600) {
            return String.format(Locale.ROOT, "%.0f s", seconds);
        }
        return seconds < 6 * 3600
                ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
                : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }
}
