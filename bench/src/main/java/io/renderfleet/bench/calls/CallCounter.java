package io.renderfleet.bench.calls;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Counts calls. Thread-safe. A snapshot is consistent only if no call is in progress while it is taken. */
public final class CallCounter {
    private final Map<CallKind, CallCount> counts = new ConcurrentHashMap<>();

    void add(CallKind kind, CallCount more) {
        counts.merge(kind, more, CallCount::plus);
    }

    /** The counts of all calls so far. */
    public Calls snapshot() {
        return new Calls(new TreeMap<>(counts));
    }
}
