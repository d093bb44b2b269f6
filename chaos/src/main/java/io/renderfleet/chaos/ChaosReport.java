package io.renderfleet.chaos;

import io.renderfleet.report.Percentiles;
import io.renderfleet.report.TextTable;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Formats the results of a run. */
final class ChaosReport {
    private static final int MAX_CASES = 10;
    private static final double MILLIS = 1_000;

    private ChaosReport() {}

    /** The guarantees, the recovery times and the injected faults. */
    static String text(ChaosOptions options, RunRecord record, int planned, ChaosRun.Outcome outcome) {
        TextTable table = new TextTable(List.of("", "value", "expected", ""), Set.of(1));
        table.row(List.of("seed", Long.toString(options.seed()), "", ""));
        table.row(List.of("jobs planned", Integer.toString(planned), "", ""));
        table.row(List.of(
                "jobs acknowledged", Integer.toString(record.acknowledged().size()), "", ""));
        table.title("Guarantees");
        for (Check check : outcome.checks()) {
            table.row(
                    List.of("  " + check.label(), Long.toString(check.count()), "0", check.holds() ? "" : "VIOLATED"));
        }
        table.title(
                "Recovery: time from killing or pausing a worker to the next start of each job that it was running");
        recovery(table, outcome.fleet().recoveries());
        table.title("Calls of models");
        inference(table, outcome.inference().state());
        table.title("Events");
        record.events().forEach((event, count) -> table.row(List.of("  " + event.label(), count.toString(), "", "")));
        return table.text() + unexpected(record.unexpected());
    }

    /**
     * Not in the table: the texts contain messages of exceptions, which would make its first column as wide as they
     * are.
     */
    private static String unexpected(Map<String, Long> events) {
        StringBuilder text = new StringBuilder();
        if (!events.isEmpty()) {
            text.append("\nUnexpected events that violate no guarantee\n");
            events.forEach((what, count) -> text.append("  %5d  %s%n".formatted(count, what)));
        }
        return text.toString();
    }

    private static void recovery(TextTable table, List<Double> seconds) {
        table.row(List.of("  jobs", Integer.toString(seconds.size()), "", ""));
        if (!seconds.isEmpty()) {
            Percentiles percentiles = new Percentiles(seconds);
            table.row(List.of("  p50", "%.1f s".formatted(percentiles.at(50)), "", ""));
            table.row(List.of("  max", "%.1f s".formatted(percentiles.at(100)), "", ""));
        }
    }

    private static void inference(TextTable table, InferenceState state) {
        long calls = state.models().statuses().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        table.row(List.of("  calls", Long.toString(calls), "", ""));
        table.row(List.of(
                "  most at the same time",
                Integer.toString(state.models().highestConcurrency()),
                "≤ " + ModelServer.LIMIT,
                ""));
        state.permitsBack()
                .ifPresent(time -> table.row(List.of(
                        "  all permits usable again after the kill of a worker",
                        "%.1f s".formatted(time.toMillis() / MILLIS),
                        "≤ " + InferenceVerifier.PERMITS_BACK.toSeconds() + " s",
                        time.compareTo(InferenceVerifier.PERMITS_BACK) > 0 ? "LATE" : "")));
        long copies =
                state.events().values().stream().mapToLong(Long::longValue).sum();
        table.row(List.of("  completion events", Integer.toString(state.events().size()), "", ""));
        table.row(List.of(
                "  copies of them", Long.toString(copies - state.events().size()), "", ""));
    }

    /** Each violated guarantee with up to ten of its cases. */
    static String broken(List<Check> checks) {
        StringBuilder text = new StringBuilder();
        checks.stream().filter(check -> !check.holds()).forEach(check -> {
            text.append(check.label()).append(":\n");
            check.broken().stream()
                    .limit(MAX_CASES)
                    .forEach(broken -> text.append("  ").append(broken).append('\n'));
            if (check.broken().size() > MAX_CASES) {
                text.append("  and ").append(check.broken().size() - MAX_CASES).append(" more\n");
            }
        });
        return text.toString();
    }
}
