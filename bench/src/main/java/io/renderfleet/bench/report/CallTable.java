package io.renderfleet.bench.report;

import io.renderfleet.bench.calls.CallCount;
import io.renderfleet.bench.calls.CallKind;
import io.renderfleet.bench.calls.Calls;
import io.renderfleet.report.TextTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The AWS calls of a run, by service and operation.
 *
 * @param title the name of the run
 * @param jobs the number of jobs in the run
 * @param calls the calls from the first request to the end of the last job, including background calls
 */
public record CallTable(String title, int jobs, Calls calls) {

    String text() {
        TextTable table = new TextTable(
                List.of(
                        title,
                        "",
                        "",
                        "calls per job",
                        "calls",
                        "entries per call",
                        "empty receives",
                        "retries",
                        "failed",
                        "write units per job",
                        "reported units per job"),
                Set.of(3, 4, 5, 6, 7, 8, 9, 10));
        calls.byKind().forEach((kind, count) -> table.row(row(kind, count)));
        return table.text();
    }

    private List<String> row(CallKind kind, CallCount count) {
        return List.of(
                "  " + kind.service(),
                kind.operation(),
                kind.target(),
                Amount.shown((double) count.calls() / jobs),
                Amount.shown((double) count.calls()),
                count.calls() == 0 ? "" : Amount.shown((double) count.entries() / count.calls()),
                unlessZero((double) count.empty()),
                unlessZero((double) count.retries()),
                unlessZero((double) count.failures()),
                unlessZero((double) count.writeUnits() / jobs),
                unlessZero(count.reportedUnits() / jobs));
    }

    private static String unlessZero(double amount) {
        return amount == 0 ? "" : Amount.shown(amount);
    }

    Map<String, Object> json() {
        return Map.of(
                "title",
                title,
                "jobs",
                jobs,
                "operations",
                calls.byKind().entrySet().stream()
                        .map(entry -> json(entry.getKey(), entry.getValue()))
                        .toList());
    }

    private Map<String, Object> json(CallKind kind, CallCount count) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("service", kind.service());
        json.put("operation", kind.operation());
        json.put("target", kind.target());
        json.put("callsPerJob", (double) count.calls() / jobs);
        json.put("calls", count.calls());
        json.put("entries", count.entries());
        json.put("empty", count.empty());
        json.put("retries", count.retries());
        json.put("failed", count.failures());
        json.put("writeUnits", count.writeUnits());
        json.put("reportedUnits", count.reportedUnits());
        return json;
    }
}
