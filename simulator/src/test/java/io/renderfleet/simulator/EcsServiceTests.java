package io.renderfleet.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EcsServiceTests {
    private static final int STARTED = Assumptions.START_MOST_SECONDS;

    private final ScalingSettings settings = Project.settings().withCapacity(0, 1, 0);

    @Test
    void aTaskTakesItsTimeToStart() {
        EcsService service = service(settings);
        service.keep(3, 0);

        assertThat(service.tasks()).hasSize(3).allSatisfy(task -> {
            assertThat(task.isRunning(Assumptions.START_LEAST_SECONDS - 1)).isFalse();
            assertThat(task.isRunning(Assumptions.START_MOST_SECONDS)).isTrue();
        });
    }

    @Test
    void endsTasksThatStillStartFirst() {
        EcsService service = service(settings);
        service.keep(1, 0);
        FargateTask old = service.tasks().getFirst();
        service.keep(2, STARTED);
        service.keep(1, STARTED + 1);

        assertThat(service.tasks()).containsExactly(old);
    }

    @Test
    void aTaskWithAJobStaysBeyondTheDesiredCountUntilItHasBeenIdle() {
        EcsService service = service(settings);
        service.keep(2, 0);
        FargateTask busy = service.tasks().getFirst();
        busy.take(new QueuedJob(0, 100), STARTED);

        service.keep(0, STARTED + 1);
        assertThat(service.tasks()).containsExactly(busy);

        int done = STARTED + 100;
        assertThat(busy.work(done)).isEmpty();
        service.keep(0, done);
        assertThat(service.tasks()).as("protected a little longer").containsExactly(busy);
        service.keep(0, done + Assumptions.PROTECTED_IDLE_SECONDS);
        assertThat(service.tasks()).isEmpty();
    }

    @Test
    void paysForTasksFromTheWishOnUntilTheyAreGone() {
        EcsService service = service(settings);
        for (int second = 0; second < 3600; second++) {
            service.keep(2, second);
        }

        assertThat(service.onDemandHours()).isEqualTo(2);
        assertThat(service.spotHours()).isZero();
    }

    @Test
    void fillsTheBaseBeforeTheShares() {
        assertThat(spot(settings.withCapacity(2, 0, 1), 5)).containsExactly(false, false, true, true, true);
        assertThat(spot(settings.withCapacity(0, 1, 3), 8))
                .filteredOn(spot -> spot)
                .hasSize(6);
        assertThat(spot(settings.withCapacity(0, 1, 0), 3)).containsOnly(false);
    }

    @Test
    void spotTakesATaskBackAfterTheGraceAndTheServiceReplacesItAtTheNotice() {
        var task = new FargateTask(true, 60, 100, 2);
        var quick = new QueuedJob(0, 60);
        var slow = new QueuedJob(0, 600);
        task.take(quick, 90);
        task.take(slow, 90);

        assertThat(task.isRunning(99)).isTrue();
        assertThat(task.isRunning(100)).as("takes nothing more").isFalse();
        assertThat(task.work(150)).isEmpty();
        assertThat(quick.isFinished()).isTrue();
        assertThat(task.work(100 + Assumptions.GRACE_SECONDS)).containsExactly(slow);
        assertThat(slow.interruptions()).isEqualTo(1);
        assertThat(task.hasStopped(100 + Assumptions.GRACE_SECONDS)).isTrue();
    }

    private static List<Boolean> spot(ScalingSettings settings, int tasks) {
        EcsService service = service(settings);
        service.keep(tasks, 0);
        return service.tasks().stream().map(FargateTask::isSpot).toList();
    }

    private static EcsService service(ScalingSettings settings) {
        return new EcsService(settings, new Random(1), new Random(2));
    }
}
