package io.renderfleet.bench.calls;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** How many calls of each kind there were: up to a moment, or between two. */
public record Calls(SortedMap<CallKind, CallCount> byKind) {
    public Calls {
        byKind = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(byKind));
    }

    /** What came since an earlier moment; kinds without a call are left out. */
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

    /** The sum over some kinds. */
    public CallCount sum(Predicate<CallKind> which) {
        return byKind.entrySet().stream()
                .filter(entry -> which.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .reduce(CallCount.NONE, CallCount::plus);
    }
}
