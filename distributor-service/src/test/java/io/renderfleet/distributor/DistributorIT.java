package io.renderfleet.distributor;

import static io.renderfleet.distributor.LocalFleet.CALIFORNIA;
import static io.renderfleet.distributor.LocalFleet.EAST;
import static io.renderfleet.distributor.LocalFleet.OREGON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.NewJob;
import io.renderfleet.job.UserId;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.Lane;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.testing.JobBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole service, twice, on one local AWS: from a message on the master queue to one in a region. */
class DistributorIT {
    private static final int LIMIT = 100;

    private static LocalFleet fleet;
    private static ConfigurableApplicationContext first;

    private final List<JobMessage> arrived = new ArrayList<>();

    @BeforeAll
    static void start() {
        fleet = new LocalFleet();
        String[] settings = {
            "renderfleet.distributor.depth-limit=" + LIMIT,
            "renderfleet.distributor.intake.hold=1s",
            "renderfleet.distributor.depth.read-timeout=5s",
            "resilience4j.circuitbreaker.configs.region.wait-duration-in-open-state=1s"
        };
        first = fleet.distributor(settings);
        fleet.distributor(settings);
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
    void sendsAJobToTheRegionThatItsRouteNames() {
        NewJob job = fleet.submit();
        eventually().untilAsserted(() -> assertThat(arrivals()).hasSize(1));
        Job routed = fleet.jobs().find(job.id()).orElseThrow();
        assertThat(arrived).containsExactly(LocalFleet.message(job).withRouteEpoch(1));
        assertThat(routed.routeEpoch()).isEqualTo(1);
        assertThat(routed.region()).isNotNull();
        masterIsEmptied();
    }

    @Test
    void twoDistributorsForwardEachJobOnce() {
        List<NewJob> jobs = fleet.submit(200);
        eventually().untilAsserted(() -> assertThat(arrivals()).hasSizeGreaterThanOrEqualTo(200));
        masterIsEmptied();
        assertThat(arrivals())
                .extracting(JobMessage::jobId)
                .containsExactlyInAnyOrderElementsOf(
                        jobs.stream().map(NewJob::id).toList());
    }

    @Test
    void jobsWaitOnTheMasterQueueUntilARegionHasRoom() {
        Stream.of(EAST, OREGON, CALIFORNIA).forEach(region -> fleet.load(region, LIMIT));
        List<NewJob> jobs = fleet.submit(30);
        eventually().untilAsserted(() -> assertThat(room()).isZero());
        assertThat(fleet.master().depth().total()).isPositive();

        eventually().untilAsserted(() -> assertThat(ofJobs(arrivals())).containsAll(ids(jobs)));
        masterIsEmptied();
    }

    @Test
    void unroutableJobsDoNotStopOtherJobs() {
        fleet.master()
                .sendAll(IntStream.range(0, 25)
                        .mapToObj(i -> new JobMessage(
                                JobId.random(), new UserId("stray"), JobBuilder.POOL, Lane.NORMAL, 0, List.of(), null))
                        .toList());
        fleet.sendRaw("not a job message");
        List<NewJob> jobs = fleet.submit(15);
        eventually().untilAsserted(() -> assertThat(ofJobs(arrivals())).containsAll(ids(jobs)));
    }

    @Test
    void aRegionThatIsCutOffIsLeftOutAndComesBackByItself() {
        fleet.aws().stopRegion(OREGON);
        List<NewJob> jobs = fleet.submit(60);
        eventually().untilAsserted(() -> {
            Stream.of(EAST, CALIFORNIA).forEach(region -> arrived.addAll(fleet.workOff(region)));
            assertThat(ofJobs(arrived)).containsAll(ids(jobs));
        });
        jobs.forEach(job ->
                assertThat(fleet.jobs().find(job.id()).orElseThrow().region()).isNotEqualTo(OREGON));

        fleet.aws().startRegion(OREGON);
        eventually().untilAsserted(() -> {
            fleet.submit(3);
            assertThat(fleet.workOff(OREGON)).isNotEmpty();
        });
    }

    @Test
    void showsWhatItDoes() {
        fleet.submit();
        MeterRegistry meters = first.getBean(MeterRegistry.class);
        assertThat(meters.find(FleetMetric.DISTRIBUTOR_REGION_DEPTH.metricName())
                        .tag("region", "us-west-2")
                        .gauge())
                .isNotNull();
        assertThat(meters.find("resilience4j.circuitbreaker.state")
                        .tag("name", "us-west-2-render")
                        .gauges())
                .isNotEmpty();
    }

    private List<JobMessage> arrivals() {
        Stream.of(EAST, OREGON, CALIFORNIA).forEach(region -> arrived.addAll(fleet.workOff(region)));
        return arrived;
    }

    private static long room() {
        return Stream.of(EAST, OREGON, CALIFORNIA)
                .mapToLong(region ->
                        Math.max(0, LIMIT - fleet.regional(region).depth().total()))
                .sum();
    }

    private static void masterIsEmptied() {
        eventually()
                .untilAsserted(
                        () -> assertThat(fleet.master().depth().visible()).isZero());
    }

    private static Set<JobId> ofJobs(List<JobMessage> messages) {
        return messages.stream().map(JobMessage::jobId).collect(Collectors.toSet());
    }

    private static List<JobId> ids(List<NewJob> jobs) {
        return jobs.stream().map(NewJob::id).toList();
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(60));
    }
}
