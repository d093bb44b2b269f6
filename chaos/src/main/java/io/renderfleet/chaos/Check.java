package io.renderfleet.chaos;

import java.util.List;

/**
 * One promise and the cases in which it was broken.
 *
 * @param label what is counted
 * @param broken a description of each case; empty when the promise holds
 * @param count how often it was broken; larger than the number of descriptions when one of them covers several cases
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
