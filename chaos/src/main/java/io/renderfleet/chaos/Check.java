package io.renderfleet.chaos;

import java.util.List;

/**
 * One line of the verifier: something that must not have happened, and where it did.
 *
 * @param label what it is about
 * @param broken each case, in words; empty when all is well
 * @param count how many there are: as many as {@code broken} says, or more when one line tells of several
 */
record Check(String label, List<String> broken, long count) {
    Check {
        broken = List.copyOf(broken);
    }

    static Check of(String label, List<String> broken) {
        return new Check(label, broken, broken.size());
    }

    boolean holds() {
        return broken.isEmpty();
    }
}
