package io.renderfleet.distributor.intake;

import static io.renderfleet.distributor.LocalFleet.CALIFORNIA;
import static io.renderfleet.distributor.LocalFleet.EAST;
import static io.renderfleet.distributor.LocalFleet.OREGON;
import static io.renderfleet.distributor.LocalFleet.message;
import static io.renderfleet.distributor.LocalFleet.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.renderfleet.distributor.LocalFleet;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.UserId;
import io.renderfleet.job.WorkerId;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue.Delivery;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;

/** One batch at a time, handed over by the test in place of a poll loop, with depths read anew for each. */
class BatchRouterIT {
    private static final int LIMIT = 20;

    private static LocalFleet fleet;
    private static BatchRouter router;
    private static Acknowledgements acknowledgements;
    private static CircuitBreakerRegistry circuits;

    @BeforeAll
    static void start() {
        fleet = new LocalFleet();
        ApplicationContext context = fleet.distributor(
                "renderfleet.distributor.intake.loops=0",
                "renderfleet.queue.renew-after=2",
                "renderfleet.distributor.intake.hold=1s",
                "renderfleet.distributor.depth.max-age=1ms",
                "renderfleet.distributor.depth.read-timeout=5s",
                "renderfleet.distributor.depth.failures-tolerated=100",
                "resilience4j.circuitbreaker.configs.region.minimum-number-of-calls=2",
                "resilience4j.circuitbreaker.configs.region.wait-duration-in-open-state=1s",
                "renderfleet.distributor.depth-limit=" + LIMIT);
        router = context.getBean(IntakeConfiguration.PoolRoutings.class)
                .all()
                .getFirst()
                .router();
        acknowledgements = context.getBean(Acknowledgements.class);
        circuits = context.getBean(CircuitBreakerRegistry.class);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @BeforeEach
    void emptyQueues() {
        fleet.purge();
    }

    @Test
    void sharesABatchOutByTheInverseOfTheDepth() throws InterruptedException {
        fleet.load(EAST, 5);
        fleet.load(OREGON, 2);
        fleet.load(CALIFORNIA, 3);
        fleet.submit(18);
        assertThat(route()).isTrue();
        // 4, 8 and 6, but for what earlier batches left the regions owed.
        assertThat(fleet.workOff(EAST)).hasSizeBetween(5 + 3, 5 + 5);
        assertThat(fleet.workOff(OREGON)).hasSizeBetween(2 + 7, 2 + 9);
        assertThat(fleet.workOff(CALIFORNIA)).hasSizeBetween(3 + 5, 3 + 7);
        assertThat(fleet.master().depth().total()).isZero();
    }

    @Test
    void givesNothingToAFullRegion() throws InterruptedException {
        fleet.load(EAST, LIMIT);
        fleet.submit(12);
        route();
        assertThat(fleet.workOff(EAST)).hasSize(LIMIT);
        assertThat(fleet.workOff(OREGON)).hasSizeBetween(5, 7);
        assertThat(fleet.workOff(CALIFORNIA)).hasSizeBetween(5, 7);
    }

    @Test
    void sendsAJobOnlyWhereItMayRun() throws InterruptedException {
        fleet.load(CALIFORNIA, LIMIT - 1);
        NewJob job = fleet.submit(CALIFORNIA);
        route();
        assertThat(fleet.workOff(CALIFORNIA)).contains(message(job).withRouteEpoch(1));
    }

    @Test
    void keepsJobsWithoutARegionOnTheMasterQueueUnrouted() throws InterruptedException {
        fleet.load(CALIFORNIA, LIMIT);
        NewJob job = fleet.submit(CALIFORNIA);
        assertThat(route()).isFalse();
        assertThat(fleet.jobs().find(job.id()).orElseThrow().routeEpoch()).isZero();
        assertThat(fleet.master().depth().total()).isOne();

        fleet.workOff(CALIFORNIA);
        await().untilAsserted(() -> {
            route();
            assertThat(fleet.workOff(CALIFORNIA)).containsExactly(message(job).withRouteEpoch(1));
        });
    }

    @Test
    void replacesAMessageThatWaitedLongByACopyWithoutReceipts() throws InterruptedException {
        fleet.load(CALIFORNIA, LIMIT);
        fleet.submit(CALIFORNIA);
        route();
        await().untilAsserted(() -> {
            List<Delivery> again = take(fleet.master());
            assertThat(again).extracting(Delivery::receiveCount).containsExactly(2);
            router.route(fleet.master(), again);
        });
        await().untilAsserted(() -> assertThat(take(fleet.master()))
                .extracting(Delivery::receiveCount)
                .containsExactly(1));
    }

    @Test
    void forwardsToTheRegionOfARouteThatWasWrittenBeforeACrash() throws InterruptedException {
        NewJob job = fleet.submit();
        fleet.jobs().route(job.id(), 0, OREGON);
        fleet.load(OREGON, 5);
        route();
        assertThat(fleet.workOff(OREGON)).contains(message(job).withRouteEpoch(1));
        assertThat(fleet.master().depth().total()).isZero();
    }

    @Test
    void reroutesWhenTheRegionOfTheStoredRouteIsFullAndVoidsTheOldCopy() throws InterruptedException {
        NewJob job = fleet.submit();
        fleet.jobs().route(job.id(), 0, OREGON);
        fleet.load(OREGON, LIMIT);
        fleet.load(EAST, LIMIT);
        route();
        assertThat(fleet.workOff(CALIFORNIA)).containsExactly(message(job).withRouteEpoch(2));
        assertThat(claim(job, 1, OREGON)).isEqualTo(new ClaimOutcome.Superseded(2));
        assertThat(claim(job, 2, CALIFORNIA)).isInstanceOf(ClaimOutcome.Claimed.class);
    }

    @Test
    void forwardsByTheNewestRouteAfterACrashDuringARerouting() throws InterruptedException {
        NewJob job = fleet.submit();
        fleet.jobs().route(job.id(), 0, OREGON);
        fleet.jobs().route(job.id(), 1, CALIFORNIA);
        route();
        assertThat(fleet.workOff(CALIFORNIA)).containsExactly(message(job).withRouteEpoch(2));
    }

    @Test
    void neverReroutesAClaimedJob() throws InterruptedException {
        NewJob job = fleet.submit();
        fleet.jobs().route(job.id(), 0, OREGON);
        claim(job, 1, OREGON);
        fleet.load(OREGON, LIMIT);
        assertThat(route()).isTrue();
        assertThat(fleet.workOff(EAST)).isEmpty();
        assertThat(fleet.workOff(CALIFORNIA)).isEmpty();
        assertThat(fleet.jobs().find(job.id()).map(Job::routeEpoch)).contains(1);
        assertThat(fleet.master().depth().total()).isZero();
    }

    @Test
    void dropsAMessageWhoseDeletionWasLostToACrash() throws InterruptedException {
        NewJob job = fleet.submit();
        List<Delivery> received = take(fleet.master());
        router.route(fleet.master(), received);
        acknowledgements.drain(Duration.ofSeconds(10));
        JobMessage forwarded = Stream.of(EAST, OREGON, CALIFORNIA)
                .flatMap(region -> fleet.workOff(region).stream())
                .reduce((one, other) -> other)
                .orElseThrow();
        RegionId region = fleet.jobs().find(job.id()).map(Job::region).orElseThrow();
        assertThat(claim(job, forwarded.routeEpoch(), region)).isInstanceOf(ClaimOutcome.Claimed.class);

        fleet.master().sendAll(List.of(message(job)));
        assertThat(route()).isTrue();
        assertThat(Stream.of(EAST, OREGON, CALIFORNIA).flatMap(any -> fleet.workOff(any).stream()))
                .isEmpty();
        assertThat(fleet.master().depth().total()).isZero();
    }

    @Test
    void leavesMessagesOfUnknownJobsToTheDeadLetterQueueAndRoutesTheOthers() throws InterruptedException {
        JobMessage stray =
                new JobMessage(JobId.random(), new UserId("nobody"), JobBuilder.POOL, Lane.NORMAL, 0, List.of(), null);
        fleet.master().sendAll(List.of(stray));
        fleet.submit(2);
        assertThat(route()).isTrue();
        assertThat(fleet.master().depth().inFlight()).isOne();
        assertThat(fleet.master().depth().total()).isOne();
    }

    @Test
    void sendsTheJobsOfARegionThatFailsElsewhereAndUsesItAgainWhenItIsBack() throws InterruptedException {
        circuits.circuitBreaker("us-west-2-render").reset();
        List<NewJob> jobs = fleet.submit(9);
        fleet.aws().stopRegion(OREGON);
        route();
        assertThat(circuits.circuitBreaker("us-west-2-render").getState()).isNotEqualTo(State.CLOSED);
        assertThat(fleet.master().depth().total()).isEqualTo(3);

        List<JobMessage> elsewhere = new ArrayList<>();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            route();
            Stream.of(EAST, CALIFORNIA).forEach(region -> elsewhere.addAll(fleet.workOff(region)));
            assertThat(elsewhere)
                    .extracting(JobMessage::jobId)
                    .containsExactlyInAnyOrderElementsOf(
                            jobs.stream().map(NewJob::id).toList());
        });
        for (JobMessage message : elsewhere) {
            Job job = fleet.jobs().find(message.jobId()).orElseThrow();
            assertThat(job.routeEpoch()).isEqualTo(message.routeEpoch());
            assertThat(job.region()).isNotEqualTo(OREGON);
        }

        fleet.aws().startRegion(OREGON);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            fleet.submit(3);
            route();
            assertThat(fleet.workOff(OREGON)).isNotEmpty();
        });
        assertThat(circuits.circuitBreaker("us-west-2-render").getState()).isEqualTo(State.CLOSED);
    }

    /** Takes what is on the master queue, routes it as one batch, and waits for the acknowledgements. */
    private static boolean route() throws InterruptedException {
        boolean progress = router.route(fleet.master(), take(fleet.master()));
        acknowledgements.drain(Duration.ofSeconds(10));
        return progress;
    }

    private static ClaimOutcome claim(NewJob job, int epoch, RegionId region) {
        return fleet.jobs().claim(job.id(), epoch, region, new WorkerId("w"), Duration.ofMinutes(1));
    }
}
