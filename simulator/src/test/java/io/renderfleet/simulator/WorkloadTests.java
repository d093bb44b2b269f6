package io.renderfleet.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkloadTests {
    @ParameterizedTest
    @EnumSource(Workload.class)
    void jobsTakeTheMeanThatIsStated(Workload workload) {
        double mean =
                workload.jobs(1).stream().mapToInt(QueuedJob::seconds).average().orElseThrow();

        assertThat(mean).isCloseTo(workload.meanSeconds(), within(0.03 * workload.meanSeconds()));
    }

    @Test
    void theBurstIsFiftyThousandJobsInTenSeconds() {
        List<QueuedJob> jobs = Workload.BURST.jobs(1);

        assertThat(jobs).hasSize(50_000).allMatch(job -> job.submittedAt() < 10);
    }

    @Test
    void theWaveRisesAndFalls() {
        List<QueuedJob> jobs = Workload.WAVE.jobs(1);

        assertThat(between(jobs, 11, 13)).isGreaterThan(10 * between(jobs, 0, 2));
        assertThat(between(jobs, 11, 13)).isGreaterThan(10 * between(jobs, 22, 24));
    }

    private static long between(List<QueuedJob> jobs, int fromHour, int toHour) {
        return jobs.stream()
                .filter(job -> job.submittedAt() >= fromHour * 3600 && job.submittedAt() < toHour * 3600)
                .count();
    }
}
