package io.renderfleet.bench.chaos;

import java.util.List;

/**
 * One line of the verdict: something that must not have happened, and where it did.
 *
 * @param label what it is about
 * @param broken each case, in words; empty when all is well
 * @param count how many there are: as many as {@code broken} says, or more when one line tells of several
 */
record Finding(String label, List<String> broken, long count) {
    Finding {
        broken = List.copyOf(broken);
    }

    static Finding of(String label, List<String> broken) {
        return new Finding(label, broken, broken.size());
    }

    boolean holds() {
        return broken.isEmpty();
    }
}
