package io.renderfleet.distributor;

import static io.renderfleet.distributor.LocalFleet.CALIFORNIA;
import static io.renderfleet.distributor.LocalFleet.EAST;
import static io.renderfleet.distributor.LocalFleet.OREGON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.renderfleet.distributor.depth.PoolDepths;
import io.renderfleet.job.JobId;
import io.renderfleet.job.NewJob;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.region.DrainedRegions;
import io.renderfleet.region.RegionId;
import io.renderfleet.testing.JobBuilder;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Regions that an operator closes, and one that falls silent. */
class RegionsIT {
    private static LocalFleet fleet;
    private static SilencingProxy oregon;
    private static ConfigurableApplicationContext context;
    private static DrainedRegions drained;

    @BeforeAll
    static void start() throws IOException {
        fleet = new LocalFleet();
        Map<RegionId, URI> sqs = fleet.aws().endpoints().sqs();
        oregon = new SilencingProxy(Objects.requireNonNull(sqs.get(OREGON)));
        context = fleet.distributor(
                "renderfleet.endpoints.sqs="
                        + Stream.of(EAST, OREGON, CALIFORNIA)
                                .map(region ->
                                        region + "=" + (region.equals(OREGON) ? oregon.address() : sqs.get(region)))
                                .collect(Collectors.joining(",")),
                "renderfleet.distributor.intake.long-poll=1s",
                "renderfleet.distributor.intake.hold=1s",
                "renderfleet.distributor.depth.refresh=2s",
                "renderfleet.distributor.depth.drained-refresh=200ms",
                "resilience4j.circuitbreaker.configs.region.wait-duration-in-open-state=2s");
        drained = context.getBean(DrainedRegions.class);
    }

    @AfterAll
    static void stop() throws IOException {
        fleet.close();
        oregon.close();
    }

    @BeforeEach
    void emptyQueues() {
        fleet.purge();
        // What an earlier test sent counts until the next reading, and a region that looks busy gets less.
        PoolDepths depths = context.getBean(PoolDepths.class);
        eventually().until(() -> {
            depths.refresher(JobBuilder.POOL).ensureFresh();
            return Stream.of(EAST, OREGON, CALIFORNIA)
                    .allMatch(region ->
                            depths.ledger(JobBuilder.POOL).depth(region).jobs() == 0);
        });
    }

    private static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(60));
    }

    private static Set<JobId> ids(List<NewJob> jobs) {
        return jobs.stream().map(NewJob::id).collect(Collectors.toSet());
    }

    @Test
    void aDrainedRegionGetsNoJobsAndItsWaitingJobsMoveAway() {
        List<NewJob> jobs = new ArrayList<>(fleet.submit(12));
        eventually()
                .until(() -> fleet.regional(OREGON).depth().total() >= 2
                        && fleet.master().depth().total() == 0);

        drained.drain(OREGON);
        eventually().until(() -> fleet.regional(OREGON).depth().total() == 0);
        jobs.addAll(fleet.submit(12));
        Set<JobId> elsewhere = new HashSet<>();
        eventually().untilAsserted(() -> {
            Stream.of(EAST, CALIFORNIA)
                    .flatMap(region -> fleet.workOff(region).stream())
                    .map(JobMessage::jobId)
                    .forEach(elsewhere::add);
            assertThat(elsewhere).containsAll(ids(jobs));
        });
        assertThat(fleet.regional(OREGON).depth().total()).isZero();
        assertThat(jobs)
                .allSatisfy(job -> assertThat(
                                fleet.jobs().find(job.id()).orElseThrow().region())
                        .isNotEqualTo(OREGON));

        drained.undrain(OREGON);
        eventually().untilAsserted(() -> {
            fleet.submit(6);
            assertThat(fleet.workOff(OREGON)).isNotEmpty();
        });
    }

    @Test
    void aRegionThatFallsSilentGetsNothingWithinFiveSecondsAndComesBackByItself() throws IOException {
        fleet.submit(9);
        eventually().until(() -> !fleet.workOff(OREGON).isEmpty());

        oregon.fallSilent();
        long silent = System.nanoTime();
        List<NewJob> jobs = new ArrayList<>();
        Set<JobId> elsewhere = new HashSet<>();
        await().pollInterval(Duration.ofMillis(200))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    jobs.addAll(fleet.submit(3));
                    return isLeftOut();
                });
        Duration took = Duration.ofNanos(System.nanoTime() - silent);
        System.out.printf("A silent region is left out after %d ms%n", took.toMillis());
        assertThat(took).isLessThan(Duration.ofSeconds(5));

        // The other regions work on while it is silent.
        List<NewJob> later = fleet.submit(6);
        await().atMost(Duration.ofSeconds(3)).untilAsserted(() -> {
            collect(elsewhere);
            assertThat(elsewhere).containsAll(ids(later));
        });
        eventually().untilAsserted(() -> {
            collect(elsewhere);
            assertThat(elsewhere).containsAll(ids(jobs));
        });

        oregon.speak();
        eventually().untilAsserted(() -> {
            fleet.submit(3);
            assertThat(fleet.workOff(OREGON)).isNotEmpty();
        });
    }

    private static void collect(Set<JobId> jobs) {
        Stream.of(EAST, CALIFORNIA)
                .flatMap(region -> fleet.workOff(region).stream())
                .map(JobMessage::jobId)
                .forEach(jobs::add);
    }

    private static boolean isLeftOut() {
        return context.getBean(CircuitBreakerRegistry.class)
                                .circuitBreaker("us-west-2-render")
                                .getState()
                        == State.OPEN
                || !context.getBean(PoolDepths.class)
                        .ledger(JobBuilder.POOL)
                        .depth(OREGON)
                        .known();
    }
}
