package io.renderfleet.chaos;

import java.util.List;

/**
 * One guarantee of the fleet and the cases in which it was violated.
 *
 * @param label the name of the counted cases, for the report
 * @param broken a description of each case; empty if the guarantee holds
 * @param count the number of cases; larger than the number of descriptions if one of them covers several cases
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
