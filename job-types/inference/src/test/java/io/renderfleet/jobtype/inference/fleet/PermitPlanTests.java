package io.renderfleet.jobtype.inference.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PermitPlanTests {
    @Property
    void sharesAreFairAndLeaveNothingThatIsNeeded(
            @ForAll @IntRange(min = 0, max = 100) int total,
            @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 60) Integer> needs) {
        Map<String, Integer> wants = new HashMap<>();
        needs.forEach(need -> wants.put("w" + wants.size(), need));

        Map<String, Integer> shares = PermitPlan.maxMin(total, wants);

        int all = needs.stream().mapToInt(Integer::intValue).sum();
        assertThat(shares.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(Math.min(total, all));
        shares.forEach((worker, share) -> {
            int want = wants.getOrDefault(worker, 0);
            assertThat(share).isBetween(0, want);
            if (share < want) {
                // Whoever has less than it needs has, to one permit, as much as anyone.
                assertThat(shares.values()).allMatch(other -> other <= share + 1);
            }
        });
    }

    @Test
    void aWorkerAloneTakesWhatItNeedsAndALittleMore() {
        assertThat(plan(item(20, Map.of()), holding(0, 0, 3))).isEqualTo(new PermitPlan(5, 1000));
        assertThat(plan(item(20, Map.of()), holding(0, 0, 50))).isEqualTo(new PermitPlan(20, 1000));
    }

    @Test
    void whatNobodyNeedsIsGivenBackToAWorkerThatWaits() {
        var item = item(20, Map.of("a", holding(20, 1000, 4), "b", holding(0, 0, 1)));

        assertThat(plan(item, holding(20, 1000, 4))).isEqualTo(new PermitPlan(19, 500));
    }

    @Test
    void twoWorkersThatNeedAllHaveHalf() {
        var item = item(20, Map.of("a", holding(20, 1000, 20), "b", holding(0, 0, 20)));

        assertThat(plan(item, holding(20, 1000, 20))).isEqualTo(new PermitPlan(10, 500));
    }

    @Test
    void afterALowerLimitTheWorkersGiveBackWhatIsTooMuch() {
        var a = holding(10, 500, 10);
        var item = new PermitItem(10, -10, 0, Map.of("a", a, "b", a));

        assertThat(plan(item, a)).isEqualTo(new PermitPlan(5, 500));
    }

    private static PermitPlan plan(PermitItem item, Holding mine) {
        return PermitPlan.of(item, "a", mine, 2, false);
    }

    private static Holding holding(int permits, int rate, int want) {
        return new Holding(permits, rate, want, 20, FleetTester.START);
    }

    private static PermitItem item(int total, Map<String, Holding> holders) {
        int permits = holders.values().stream().mapToInt(Holding::permits).sum();
        int rates = holders.values().stream().mapToInt(Holding::rate).sum();
        return new PermitItem(total, total - permits, Holding.ALL - rates, holders);
    }
}
