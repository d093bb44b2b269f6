package io.renderfleet.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.chaos.Fault.KillWorker;
import io.renderfleet.chaos.Fault.PauseWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChaosPlanTests {
    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void sameNumbersGiveTheSamePlan() {
        assertThat(ChaosPlan.of(7, 200, 0, 2, START)).isEqualTo(ChaosPlan.of(7, 200, 0, 2, START));
    }

    @Test
    void anotherSeedGivesAnotherPlan() {
        assertThat(ChaosPlan.of(7, 200, 0, 2, START).faults())
                .isNotEqualTo(ChaosPlan.of(8, 200, 0, 2, START).faults());
        assertThat(ChaosPlan.of(7, 200, 0, 2, START).submissions())
                .isNotEqualTo(ChaosPlan.of(8, 200, 0, 2, START).submissions());
    }

    @Test
    void aShortPlanHasEveryKindOfFault() {
        assertThat(ChaosPlan.of(1, 100, 0, 1, START).faults())
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
        List<PlannedJob> planned = ChaosPlan.of(seed, jobs, 0, 1, START).submissions().stream()
                .flatMap(submission -> submission.jobs().stream())
                .toList();

        assertThat(planned).hasSize(jobs).extracting(PlannedJob::id).doesNotHaveDuplicates();
    }

    @Property(tries = 100)
    void everythingHappensInItsTimeAndOrder(@ForAll long seed) {
        ChaosPlan plan = ChaosPlan.of(seed, 50, 0, 1, START);

        assertThat(plan.faults()).isSortedAccordingTo(Comparator.comparing(Fault::at));
        assertThat(plan.faults()).allMatch(fault -> fault.at().compareTo(plan.length()) < 0);
        assertThat(plan.submissions()).allMatch(submission -> submission.at().compareTo(plan.length()) < 0);
    }

    @Property(tries = 100)
    void aPauseOutlastsTheLease(@ForAll long seed) {
        assertThat(ChaosPlan.of(seed, 10, 0, 3, START).faults())
                .filteredOn(PauseWorker.class::isInstance)
                .allMatch(fault -> ((PauseWorker) fault).paused().compareTo(LEASE) > 0);
    }

    @Test
    void someJobsAskAModelAndSomePausesOutlastTheLeaseOfItsPermits() {
        ChaosPlan plan = ChaosPlan.of(1, 100, 0, 4, START);

        assertThat(plan.jobs())
                .extracting(PlannedJob::work)
                .hasAtLeastOneElementOfType(Work.Render.class)
                .hasAtLeastOneElementOfType(Work.Inference.class);
        assertThat(plan.faults())
                .anyMatch(fault -> fault instanceof PauseWorker(var _, var _, Duration paused)
                        && paused.compareTo(Duration.ofSeconds(28)) > 0);
    }

    @Property(tries = 20)
    void everyEventIsAJobOfItsOwn(@ForAll long seed) {
        assertThat(ChaosPlan.of(seed, 1, 2000, 1, START).jobs())
                .filteredOn(job -> job.work() instanceof Work.Event)
                .hasSize(2000)
                .extracting(PlannedJob::id)
                .doesNotHaveDuplicates();
    }
}
