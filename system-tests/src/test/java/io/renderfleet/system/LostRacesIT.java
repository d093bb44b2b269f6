package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.distributor.DistributorServiceApplication;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore.RouteOutcome;
import io.renderfleet.job.UserId;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.Lane;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.worker.WorkerServiceApplication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The fleet's own distributor takes nothing here: each test is the distributor, or starts one when it is time. */
class LostRacesIT {
    private static RunningFleet fleet;

    @BeforeAll
    static void start() {
        // A copy of a message that comes while its job runs is hidden until the lease of the run ends.
        fleet = RunningFleet.start(
                Map.of("renderfleet.distributor.intake.loops", "0", "renderfleet.worker.lease", "10s"));
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    /** One that leaves no open poll behind when it ends: such a poll would take the next test's message. */
    private static ConfigurableApplicationContext distributor(Map<String, String> own) {
        Map<String, String> settings = new HashMap<>(own);
        settings.put("renderfleet.distributor.intake.loops", "1");
        settings.put("renderfleet.distributor.intake.long-poll", "1s");
        settings.put("renderfleet.distributor.intake.grace", "20s");
        return fleet.another(DistributorServiceApplication.create(), settings);
    }

    private static JobQueue master() {
        return fleet.queues().master(JobBuilder.POOL, Lane.NORMAL);
    }

    private static void awaitEmptyMaster() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> master().depth().total() == 0);
    }

    private static Delivery received(JobId id, Duration visibility) {
        try (JobQueue.Poll poll = master().receive(1, Duration.ofSeconds(10), visibility)) {
            Delivery delivery = poll.await().getFirst();
            assertThat(delivery.message().jobId()).isEqualTo(id);
            return delivery;
        }
    }

    @Test
    void twoWorkersGivenTheSameMessageMakeOneResult(@TempDir Path cache) throws Exception {
        try (var _ = fleet.another(
                WorkerServiceApplication.create(),
                Map.of(
                        "renderfleet.worker.region",
                        RunningFleet.EAST.value(),
                        "renderfleet.render.design-cache",
                        cache.toString(),
                        "renderfleet.worker.grace",
                        "20s"))) {
            JobId id = fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("twice")));
            Delivery delivery = received(id, Duration.ofSeconds(30));
            assertThat(fleet.store().route(id, 0, RunningFleet.EAST)).isEqualTo(new RouteOutcome.Routed(1));
            JobMessage message = delivery.message().withRouteEpoch(1);
            JobQueue regional = fleet.queues().regional(RunningFleet.EAST, JobBuilder.POOL, Lane.NORMAL);
            assertThat(regional.sendAll(
                            IntStream.range(0, 6).mapToObj(i -> message).toList()))
                    .isEmpty();
            assertThat(master().deleteAll(List.of(delivery))).isEmpty();

            fleet.awaitOver(List.of(id));
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> regional.depth().total() == 0);
            assertOneResult(id);
        }
    }

    @Test
    void aDistributorKilledBetweenSendAndDeleteLeavesOneResult() throws Exception {
        JobId id = fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("killed-late")));
        // The first distributor routes and forwards, and is gone before it deletes.
        Delivery delivery = received(id, Duration.ofSeconds(1));
        fleet.store().route(id, 0, RunningFleet.WEST_2);
        fleet.queues()
                .regional(RunningFleet.WEST_2, JobBuilder.POOL, Lane.NORMAL)
                .sendAll(List.of(delivery.message().withRouteEpoch(1)));

        try (var _ = distributor(Map.of())) {
            fleet.awaitOver(List.of(id));
            awaitEmptyMaster();
        }
        assertOneResult(id);
        assertThat(fleet.job(id).region()).isEqualTo(RunningFleet.WEST_2);
    }

    @Test
    void aDistributorKilledBetweenRouteAndSendLosesNothing() throws Exception {
        JobId id = fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("killed-early")));
        received(id, Duration.ofSeconds(1));
        fleet.store().route(id, 0, RunningFleet.WEST_1);

        try (var _ = distributor(Map.of())) {
            fleet.awaitOver(List.of(id));
            awaitEmptyMaster();
        }
        assertOneResult(id);
        assertThat(fleet.job(id).region()).isEqualTo(RunningFleet.WEST_1);
    }

    @Test
    void aFullRegionGetsNothing() throws Exception {
        // Messages of jobs that do not exist stay in their queue: this many are one more than the limit below.
        JobQueue full = fleet.queues().regional(RunningFleet.WEST_2, JobBuilder.POOL, Lane.NORMAL);
        assertThat(full.sendAll(IntStream.range(0, 21)
                        .mapToObj(i -> new JobMessage(
                                JobId.random(), new UserId("nobody"), JobBuilder.POOL, Lane.NORMAL, 1, List.of(), null))
                        .toList()))
                .isEmpty();
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            jobs.add(fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("avoider"))));
        }

        try (var _ = distributor(
                Map.of("renderfleet.distributor.intake.loops", "1", "renderfleet.distributor.depth-limit", "20"))) {
            fleet.awaitOver(jobs);
        }
        assertThat(jobs)
                .allSatisfy(id -> assertThat(fleet.job(id).status()).isEqualTo(JobStatus.COMPLETED))
                .noneSatisfy(id -> assertThat(fleet.job(id).region()).isEqualTo(RunningFleet.WEST_2));
    }

    private static void assertOneResult(JobId id) {
        Job job = fleet.job(id);
        assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job.attempts()).hasSize(1);
        assertThat(fleet.storedResults(id)).isEqualTo(1);
    }
}
