package io.renderfleet.bench.calls;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The counts of the calls of each kind, up to a time or between two times. */
public record Calls(SortedMap<CallKind, CallCount> byKind) {
    public Calls {
        byKind = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(byKind));
    }

    /** The calls since an earlier snapshot, without kinds that had none. */
    public Calls since(Calls before) {
        SortedMap<CallKind, CallCount> difference = new TreeMap<>();
        byKind.forEach((kind, count) -> {
            CallCount more = count.minus(before.byKind.getOrDefault(kind, CallCount.NONE));
            if (!more.equals(CallCount.NONE)) {
                difference.put(kind, more);
            }
        });
        return new Calls(difference);
    }

    /** The sum of the counts of the kinds that match. */
    public CallCount sum(Predicate<CallKind> which) {
        return byKind.entrySet().stream()
                .filter(entry -> which.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .reduce(CallCount.NONE, CallCount::plus);
    }
}
