package io.renderfleet.bench.report;

import io.renderfleet.report.Percentiles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table: a number, or a median with its 95th and 99th percentile.
 *
 * @param key what programs know it by, unique in a report
 * @param label what people read
 * @param values one number, or p50, p95 and p99
 * @param target what the first value should come to; null when there is none
 * @param others what others reach, empty when that is not known
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

    public Figure besides(String what) {
        return new Figure(key, label, values, unit, target, what);
    }

    /** False only when there is a target and it is missed. */
    public boolean isMet() {
        return target == null || target.isMetBy(values.getFirst());
    }

    /** Whether something is missed that must hold. */
    public boolean isBroken() {
        return target != null && target.binding() && !isMet();
    }
}
