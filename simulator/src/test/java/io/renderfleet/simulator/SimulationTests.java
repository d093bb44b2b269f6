package io.renderfleet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTests {
    private static final long SEED = 5;

    private final ScalingSettings settings = Project.settings();

    @ParameterizedTest
    @EnumSource(PolicyKind.class)
    void theSameSeedGivesTheSameMinutes(PolicyKind kind) {
        Outcome first = Simulation.run(settings, kind, Workload.HOURS.jobs(SEED), SEED);
        Outcome again = Simulation.run(settings, kind, Workload.HOURS.jobs(SEED), SEED);

        assertThat(again.minutes()).isEqualTo(first.minutes());
        assertThat(again.dollars()).isEqualTo(first.dollars());
    }

    @ParameterizedTest
    @EnumSource(Workload.class)
    void everyJobIsDoneOnceOrLeftAndBegunAgainOnlyAfterAnInterruption(Workload workload) {
        for (PolicyKind kind : PolicyKind.values()) {
            List<QueuedJob> jobs = workload.jobs(SEED);
            Outcome outcome = Simulation.run(settings, kind, jobs, SEED);
            MinuteSample last = outcome.minutes().getLast();

            assertThat(outcome.jobs()).hasSameSizeAs(jobs);
            assertThat(outcome.jobs())
                    .allMatch(job -> job.isFinished()
                            ? job.starts() == job.interruptions() + 1
                            : job.starts() == job.interruptions() || job.starts() == job.interruptions() + 1);
            if (outcome.seconds() == Simulation.END) {
                assertThat(last.backlog()).as(kind.label()).isEqualTo((int) outcome.unfinished());
            } else {
                assertThat(outcome.unfinished()).as(kind.label()).isZero();
            }
            assertThat(outcome.minutes())
                    .allMatch(minute ->
                            minute.running() <= settings.maxTasks() && minute.desired() <= settings.maxTasks());
        }
    }

    @Test
    void spotInterruptsHourLongJobsAndOnDemandDoesNot() {
        List<QueuedJob> jobs = Workload.HOURS.jobs(SEED);

        assertThat(Simulation.run(settings, PolicyKind.BACKLOG, jobs, SEED).interruptions())
                .isPositive();
        Outcome onDemand = Simulation.run(settings.withCapacity(0, 1, 0), PolicyKind.BACKLOG, jobs, SEED);
        assertThat(onDemand.interruptions()).isZero();
        assertThat(onDemand.spotHours()).isZero();
    }

    @Test
    void theFirstJobOfAQuietTimeStartsOneTaskAndNoSecond() {
        List<QueuedJob> one = List.of(new QueuedJob(0, 20));
        for (long seed = 0; seed < 30; seed++) {
            Outcome outcome = Simulation.run(settings, PolicyKind.BACKLOG, one, seed);

            assertThat(outcome.unfinished()).isZero();
            assertThat(outcome.minutes()).allMatch(minute -> minute.desired() <= 1 && minute.running() <= 1);
        }
    }

    /** A task that takes one more job just as the fleet is told to go to zero must not hide what comes after it. */
    @ParameterizedTest
    @ValueSource(longs = {8, 10, 14})
    void aProtectedTaskBesideADesiredCountOfZeroIsNotLeftAlone(long seed) {
        ScalingSettings loose = settings.withTarget(8).withScaleOutCooldown(60).withWakeCooldown(120);

        assertThat(Simulation.run(loose, PolicyKind.BACKLOG, Workload.WAVE.jobs(seed), seed)
                        .unfinished())
                .isZero();
    }

    /** CPU cannot be above 100 %, so such a policy asks for three tasks where there were two, whatever waits. */
    @Test
    void cpuGrowsMoreSlowlyIntoABurstThanTheBacklog() {
        ScalingSettings many = settings.withTasks(0, Variants.MANY_TASKS);
        List<QueuedJob> jobs = Workload.BURST.jobs(SEED);

        assertThat(p95(many, PolicyKind.CPU, jobs)).isGreaterThan(p95(many, PolicyKind.BACKLOG, jobs) + 600);
    }

    /** At 60 % the figure never reaches 70 %, and the fleet stays at one task. */
    @Test
    void cpuDoesNotGrowAtAllForJobsThatWait() {
        Outcome outcome = Simulation.run(settings, PolicyKind.CPU_WAITING, Workload.BURST.jobs(SEED), SEED);

        assertThat(outcome.minutes()).allMatch(minute -> minute.running() <= 1);
        assertThat(outcome.unfinished()).isPositive();
    }

    private static double p95(ScalingSettings settings, PolicyKind kind, List<QueuedJob> jobs) {
        return Simulation.run(settings, kind, jobs, SEED).startLatency().at(95);
    }
}
