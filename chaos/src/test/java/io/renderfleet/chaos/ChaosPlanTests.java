package io.renderfleet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.chaos.Fault.KillWorker;
import io.renderfleet.chaos.Fault.PauseWorker;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChaosPlanTests {
    private static final Duration LEASE = Duration.ofSeconds(6);

    @Test
    void sameNumbersGiveTheSamePlan() {
        assertThat(ChaosPlan.of(7, 200, 2)).isEqualTo(ChaosPlan.of(7, 200, 2));
    }

    @Test
    void anotherSeedGivesAnotherPlan() {
        assertThat(ChaosPlan.of(7, 200, 2).faults())
                .isNotEqualTo(ChaosPlan.of(8, 200, 2).faults());
        assertThat(ChaosPlan.of(7, 200, 2).submissions())
                .isNotEqualTo(ChaosPlan.of(8, 200, 2).submissions());
    }

    @Test
    void aShortPlanHasEveryKindOfFault() {
        assertThat(ChaosPlan.of(1, 100, 1).faults())
                .hasAtLeastOneElementOfType(KillWorker.class)
                .hasAtLeastOneElementOfType(PauseWorker.class)
                .hasAtLeastOneElementOfType(Fault.KillDistributor.class)
                .hasAtLeastOneElementOfType(Fault.KillApi.class)
                .hasAtLeastOneElementOfType(Fault.CutRegion.class)
                .hasAtLeastOneElementOfType(Fault.Duplicate.class)
                .hasAtLeastOneElementOfType(Fault.Cancel.class)
                .hasAtLeastOneElementOfType(Fault.Retry.class);
    }

    @Property(tries = 100)
    void submitsAsManyJobsAsAskedForEachWithAnIdOfItsOwn(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int jobs) {
        List<PlannedJob> planned = ChaosPlan.of(seed, jobs, 1).submissions().stream()
                .flatMap(submission -> submission.jobs().stream())
                .toList();

        assertThat(planned).hasSize(jobs).extracting(PlannedJob::id).doesNotHaveDuplicates();
    }

    @Property(tries = 100)
    void everythingHappensInItsTimeAndOrder(@ForAll long seed) {
        ChaosPlan plan = ChaosPlan.of(seed, 50, 1);

        assertThat(plan.faults()).isSortedAccordingTo(Comparator.comparing(Fault::at));
        assertThat(plan.faults()).allMatch(fault -> fault.at().compareTo(plan.length()) < 0);
        assertThat(plan.submissions()).allMatch(submission -> submission.at().compareTo(plan.length()) < 0);
    }

    @Property(tries = 100)
    void aPauseOutlastsTheLease(@ForAll long seed) {
        assertThat(ChaosPlan.of(seed, 10, 3).faults())
                .filteredOn(PauseWorker.class::isInstance)
                .allMatch(fault -> ((PauseWorker) fault).paused().compareTo(LEASE) > 0);
    }
}
