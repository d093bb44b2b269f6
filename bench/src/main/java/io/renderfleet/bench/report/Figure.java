package io.renderfleet.bench.report;

import io.renderfleet.report.Percentiles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of the report: a single value, or a median with the 95th and 99th percentiles.
 *
 * @param key the key in the JSON report, unique in a report
 * @param label the name in the text report
 * @param values one value, or p50, p95 and p99
 * @param target the target of the first value; null if there is none
 * @param others the values of other systems; empty if they are unknown
 */
public record Figure(
        String key,
        String label,
        List<Double> values,
        String unit,
        @Nullable Target target,
        String others) {
    public Figure {
        values = List.copyOf(values);
        if (values.size() != 1 && values.size() != 3) {
            throw new IllegalArgumentException("a figure has one value, or p50, p95 and p99");
        }
    }

    public static Figure of(String key, String label, double value, String unit) {
        return new Figure(key, label, List.of(value), unit, null, "");
    }

    public static Figure of(String key, String label, Percentiles values, String unit) {
        return new Figure(key, label, List.of(values.at(50), values.at(95), values.at(99)), unit, null, "");
    }

    public Figure against(Target wanted) {
        return new Figure(key, label, values, unit, wanted, others);
    }

    public Figure comparedWith(String what) {
        return new Figure(key, label, values, unit, target, what);
    }

    /** False if there is a target and the figure misses it. */
    public boolean isMet() {
        return target == null || target.isMetBy(values.getFirst());
    }

    /** Whether the figure misses a required target. */
    public boolean isBroken() {
        return target != null && target.binding() && !isMet();
    }
}
