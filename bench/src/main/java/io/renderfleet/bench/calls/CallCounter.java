package io.renderfleet.bench.calls;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Counts calls as they happen. Thread-safe; a snapshot is taken while calls go on, so take it when it is quiet. */
public final class CallCounter {
    private final Map<CallKind, CallCount> counts = new ConcurrentHashMap<>();

    void add(CallKind kind, CallCount more) {
        counts.merge(kind, more, CallCount::plus);
    }

    /** Everything counted so far. */
    public Calls snapshot() {
        return new Calls(new TreeMap<>(counts));
    }
}
