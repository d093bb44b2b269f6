package io.renderfleet.bench.chaos;

import io.renderfleet.bench.report.Percentiles;
import io.renderfleet.bench.report.TextTable;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The verdict for people. */
final class ChaosReport {
    private static final int MOST_CASES = 10;

    private ChaosReport() {}

    /** What must hold, what was done, and how long recovery took. */
    static String text(ChaosOptions options, Ledger ledger, int planned, Verdict verdict) {
        TextTable table = new TextTable(List.of("", "", "must be", ""), Set.of(1));
        table.row(List.of("seed", Long.toString(options.seed()), "", ""));
        table.row(List.of("jobs planned", Integer.toString(planned), "", ""));
        table.row(List.of(
                "jobs acknowledged", Integer.toString(ledger.acknowledged().size()), "", ""));
        table.title("Promises");
        for (Finding finding : verdict.findings()) {
            table.row(List.of(
                    "  " + finding.label(), Long.toString(finding.count()), "0", finding.holds() ? "" : "BROKEN"));
        }
        table.title("Recovery: from the kill or stop of a worker to the next start of each job it held");
        recovery(table, verdict.recoveries());
        table.title("Done");
        ledger.deeds().forEach((deed, count) -> table.row(List.of("  " + deed.label(), count.toString(), "", "")));
        Map<String, Long> surprises = ledger.surprises();
        if (!surprises.isEmpty()) {
            table.title("Unexpected, and survived");
            surprises.forEach((what, count) -> table.row(List.of("  " + what, count.toString(), "", "")));
        }
        return table.text();
    }

    private static void recovery(TextTable table, List<Double> seconds) {
        table.row(List.of("  jobs", Integer.toString(seconds.size()), "", ""));
        if (!seconds.isEmpty()) {
            Percentiles percentiles = new Percentiles(seconds);
            table.row(List.of("  p50", "%.1f s".formatted(percentiles.at(50)), "", ""));
            table.row(List.of("  max", "%.1f s".formatted(percentiles.at(100)), "", ""));
        }
    }

    /** Each broken promise with its cases. */
    static String broken(List<Finding> findings) {
        StringBuilder text = new StringBuilder();
        findings.stream().filter(finding -> !finding.holds()).forEach(finding -> {
            text.append(finding.label()).append(":\n");
            finding.broken().stream()
                    .limit(MOST_CASES)
                    .forEach(broken -> text.append("  ").append(broken).append('\n'));
            if (finding.broken().size() > MOST_CASES) {
                text.append("  and ")
                        .append(finding.broken().size() - MOST_CASES)
                        .append(" more\n");
            }
        });
        return text.toString();
    }
}
