package io.renderfleet.bench.calls;

import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;

/** Counts calls as they happen. Thread-safe; a snapshot is taken while calls go on, so take it when it is quiet. */
public final class CallCounter {
    private final Map<CallKind, Map<Tally, DoubleAdder>> kinds = new ConcurrentHashMap<>();

    /** What is counted; the components of {@link CallCount}. */
    enum Tally {
        CALLS,
        RETRIES,
        FAILURES,
        ENTRIES,
        EMPTY,
        WRITE_UNITS,
        REPORTED_UNITS
    }

    void add(CallKind kind, Tally tally, double amount) {
        adders(kind).get(tally).add(amount);
    }

    private Map<Tally, DoubleAdder> adders(CallKind kind) {
        return kinds.computeIfAbsent(kind, unseen -> {
            Map<Tally, DoubleAdder> adders = new EnumMap<>(Tally.class);
            for (Tally tally : Tally.values()) {
                adders.put(tally, new DoubleAdder());
            }
            return adders;
        });
    }

    /** Everything counted so far. */
    public Calls snapshot() {
        SortedMap<CallKind, CallCount> counts = new TreeMap<>();
        kinds.forEach((kind, adders) -> counts.put(
                kind,
                new CallCount(
                        whole(adders, Tally.CALLS),
                        whole(adders, Tally.RETRIES),
                        whole(adders, Tally.FAILURES),
                        whole(adders, Tally.ENTRIES),
                        whole(adders, Tally.EMPTY),
                        whole(adders, Tally.WRITE_UNITS),
                        adders.get(Tally.REPORTED_UNITS).sum())));
        return new Calls(counts);
    }

    private static long whole(Map<Tally, DoubleAdder> adders, Tally tally) {
        return Math.round(adders.get(tally).sum());
    }
}
