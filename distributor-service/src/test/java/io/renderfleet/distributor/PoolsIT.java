package io.renderfleet.distributor;

import static io.renderfleet.distributor.LocalFleet.EAST;
import static io.renderfleet.distributor.LocalFleet.OREGON;
import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.job.NewJob;
import io.renderfleet.pool.Pool;
import io.renderfleet.pool.PoolName;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.FleetMetric;
import io.renderfleet.testing.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Two pools on one distributor. */
class PoolsIT {
    private static final PoolName RENDER = JobBuilder.POOL;
    private static final PoolName CHAT = new PoolName("chat");
    private static final int LIMIT = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static LocalFleet fleet;
    private static ConfigurableApplicationContext context;
    private static JobQueues queues;

    @BeforeAll
    static void start() {
        fleet = new LocalFleet(Pool.of("render=cpu"), Pool.of("chat=io"));
        context = fleet.distributor(
                "renderfleet.regions=us-east-1,us-west-2",
                "renderfleet.distributor.depth-limit=" + LIMIT,
                "renderfleet.distributor.intake.long-poll=1s",
                "renderfleet.distributor.intake.hold=1s");
        queues = context.getBean(JobQueues.class);
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    private static List<NewJob> submit(PoolName pool, int count) {
        List<NewJob> jobs = new ArrayList<>();
        List<JobMessage> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            NewJob job = aJob().type(pool.value(), pool.value())
                    .createdAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                    .build();
            fleet.jobs().submit(job);
            jobs.add(job);
            messages.add(new JobMessage(job.id(), job.userId(), pool, Lane.NORMAL, 0, List.of(), null));
        }
        queues.master(pool, Lane.NORMAL).sendAll(messages);
        return jobs;
    }

    private static long waiting(PoolName pool) {
        return regional(EAST, pool).depth().total()
                + regional(OREGON, pool).depth().total();
    }

    private static JobQueue regional(RegionId region, PoolName pool) {
        return queues.regional(region, pool, Lane.NORMAL);
    }

    @Test
    void aFullPoolDelaysNoOtherOne() {
        submit(CHAT, 3 * LIMIT);
        await().atMost(PATIENCE).until(() -> waiting(CHAT) == 2 * LIMIT);

        List<NewJob> renders = submit(RENDER, LIMIT);
        await().atMost(PATIENCE).until(() -> waiting(RENDER) == LIMIT);

        // What was forwarded is deleted a moment later.
        await().atMost(PATIENCE)
                .until(() -> queues.master(CHAT, Lane.NORMAL).depth().total() == LIMIT);
        Set<PoolName> pools = Set.of(EAST, OREGON).stream()
                .flatMap(region -> LocalFleet.take(regional(region, RENDER)).stream())
                .map(delivery -> delivery.message().pool())
                .collect(Collectors.toSet());
        assertThat(pools).containsExactly(RENDER);
        assertThat(renders)
                .allSatisfy(job -> assertThat(
                                fleet.jobs().find(job.id()).orElseThrow().region())
                        .isIn(EAST, OREGON));
        assertThat(routed(RENDER)).isEqualTo(LIMIT);
        assertThat(routed(CHAT)).isEqualTo(2 * LIMIT);
    }

    private static double routed(PoolName pool) {
        return context
                .getBean(MeterRegistry.class)
                .get(FleetMetric.DISTRIBUTOR_ROUTED.metricName())
                .tag("pool", pool.value())
                .counters()
                .stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
