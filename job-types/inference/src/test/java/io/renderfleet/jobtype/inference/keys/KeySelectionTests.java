package io.renderfleet.jobtype.inference.keys;

import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.concurrency;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.id;
import static io.renderfleet.jobtype.inference.keys.KeyPoolTester.success;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeySelectionTests {

    @Test
    void leastLoadedTakesTheKeyWithTheFewestCallsForItsWeight() {
        var tester = KeyPoolTester.of(Strategy.LEAST_LOADED, concurrency(100), "a@d1", "b@d1*2");
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            permits.add(tester.take());
        }
        assertThat(tester.view("a").inUse()).isEqualTo(2);
        assertThat(tester.view("b").inUse()).isEqualTo(4);
        permits.stream().filter(permit -> permit.key().equals(id("a"))).forEach(permit -> permit.end(success()));
        assertThat(tester.take().key()).isEqualTo(id("a"));
    }

    @Test
    void leastLoadedSpreadsSingleCallsOverAllKeys() {
        var tester = KeyPoolTester.of(Strategy.LEAST_LOADED, concurrency(100), "a@d1", "b@d1", "c@d1");
        assertThat(tester.keysOf(6)).containsExactly("a", "b", "c", "a", "b", "c");
    }

    @Test
    void roundRobinTakesTheNextUsableKey() {
        var tester = KeyPoolTester.of("a@d1", "b@d1", "c@d1");
        assertThat(tester.keysOf(4)).containsExactly("a", "b", "c", "a");
        tester.pool.disable(id("b"));
        assertThat(tester.keysOf(3)).containsExactly("c", "a", "c");
    }

    @Test
    void weightedSpreadsCallsEvenlyByWeight() {
        var tester = KeyPoolTester.of(Strategy.WEIGHTED, concurrency(100), "a@d1*5", "b@d1", "c@d1");
        // The example of nginx's own description.
        assertThat(tester.keysOf(7)).containsExactly("a", "a", "b", "a", "c", "a", "a");
    }
}
