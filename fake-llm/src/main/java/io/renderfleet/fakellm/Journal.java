package io.renderfleet.fakellm;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the clients of a server did. A call is recorded before the last byte of its answer is sent, so a client that has
 * its answer finds the call here, and never counts twice. If a client closes its connection, the call ends as soon as
 * the server notices, usually within a millisecond. Thread-safe.
 */
public final class Journal {
    private static final int MAX_CALLS = 100_000;

    private final Deque<Call> calls = new ArrayDeque<>();
    private final Map<String, SortedMap<Integer, Long>> byDomain = new HashMap<>();
    private final Map<String, SortedMap<Integer, Long>> byKey = new HashMap<>();
    private final Map<String, Instant> lastByKey = new HashMap<>();
    private long count;
    private int inProgress;
    private int highest;

    Journal() {}

    /** The latest 100,000 calls that have ended, in the order of their ends. */
    public synchronized List<Call> calls() {
        return new ArrayList<>(calls);
    }

    /** The number of all calls that have ended. */
    public synchronized long count() {
        return count;
    }

    /** The highest number of calls at the same time, in all domains, including those that were then refused. */
    public synchronized int highestConcurrency() {
        return highest;
    }

    synchronized void begin() {
        inProgress++;
        highest = Math.max(highest, inProgress);
    }

    synchronized void end(Call call) {
        inProgress--;
        count++;
        if (calls.size() == MAX_CALLS) {
            calls.removeFirst();
        }
        calls.addLast(call);
        byDomain.computeIfAbsent(call.domain(), _ -> new TreeMap<>()).merge(call.status(), 1L, Long::sum);
        byKey.computeIfAbsent(call.secret(), _ -> new TreeMap<>()).merge(call.status(), 1L, Long::sum);
        lastByKey.merge(call.secret(), call.at(), (a, b) -> a.isAfter(b) ? a : b);
    }

    /** The number of calls by status, of a domain; of unknown keys for the empty name. */
    synchronized SortedMap<Integer, Long> domain(String name) {
        return new TreeMap<>(byDomain.getOrDefault(name, new TreeMap<>()));
    }

    synchronized SortedMap<Integer, Long> key(String secret) {
        return new TreeMap<>(byKey.getOrDefault(secret, new TreeMap<>()));
    }

    /** When the latest call of a key arrived, of those that have ended. */
    synchronized Optional<Instant> last(String secret) {
        return Optional.ofNullable(lastByKey.get(secret));
    }
}
