package io.renderfleet.localaws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * What clients did with one register, and when. Each value is written at most once, so a successful compare-and-set
 * says which one came before it: their chain is the only order in which they can have happened, and every read of a
 * value comes between its write and the next. What is left to check is that this order does not contradict the clock.
 */
final class History {
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();
    private final String initial;

    /**
     * One operation.
     *
     * @param expected the value that a write replaced; empty for a read
     * @param value that was written or read
     */
    private record Operation(long invoked, long responded, String expected, String value) {
        boolean isWrite() {
            return !expected.isEmpty();
        }
    }

    History(String initial) {
        this.initial = initial;
    }

    /** Does a read and notes it. */
    String read(Supplier<String> read) {
        long invoked = System.nanoTime();
        String value = read.get();
        operations.add(new Operation(invoked, System.nanoTime(), "", value));
        return value;
    }

    /**
     * Does a compare-and-set and notes it.
     *
     * @param write returns the value after it: {@code value} when it was written, else the one that was met
     */
    String compareAndSet(String expected, String value, Supplier<String> write) {
        long invoked = System.nanoTime();
        String found = write.get();
        boolean written = found.equals(value);
        assertThat(written || !found.equals(expected))
                .as("refused although it met %s", expected)
                .isTrue();
        operations.add(new Operation(invoked, System.nanoTime(), written ? expected : "", found));
        return found;
    }

    int writes() {
        return (int) operations.stream().filter(Operation::isWrite).count();
    }

    /** The last value; fails when there is no order that explains everything. */
    String checked() {
        Map<String, Integer> places = new HashMap<>(Map.of(initial, 0));
        String last = initial;
        var next = new HashMap<String, String>();
        operations.stream()
                .filter(Operation::isWrite)
                .forEach(write -> assertThat(next.put(write.expected(), write.value()))
                        .as("two writes replaced %s", write.expected())
                        .isNull());
        for (String value = next.get(initial); value != null; value = next.get(value)) {
            places.put(value, places.size());
            last = value;
        }
        assertThat(places).as("values in the chain").hasSize(next.size() + 1);
        assertThat(places.keySet())
                .containsAll(operations.stream().map(Operation::value).toList());
        checkTimes(places);
        return last;
    }

    private void checkTimes(Map<String, Integer> places) {
        List<Operation> byInvocation = new ArrayList<>(operations);
        byInvocation.sort(Comparator.comparingLong(Operation::invoked));
        List<Operation> byResponse = new ArrayList<>(operations);
        byResponse.sort(Comparator.comparingLong(Operation::responded));
        int ended = 0;
        int latest = 0;
        for (Operation operation : byInvocation) {
            while (byResponse.get(ended).responded() < operation.invoked()) {
                Operation before = byResponse.get(ended++);
                latest = Math.max(latest, places.getOrDefault(before.value(), -1));
            }
            int place = places.getOrDefault(operation.value(), -1);
            // A write comes after everything that had ended, also reads of the value that it replaces.
            assertThat(operation.isWrite() ? place - 1 : place)
                    .as("%s after value number %d was seen", operation, latest)
                    .isGreaterThanOrEqualTo(latest);
        }
    }
}
