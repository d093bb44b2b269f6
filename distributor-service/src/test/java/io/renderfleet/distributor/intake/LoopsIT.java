package io.renderfleet.distributor.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.distributor.LocalFleet;
import io.renderfleet.distributor.depth.DrainedRegionsCache;
import io.renderfleet.distributor.depth.PoolDepths;
import io.renderfleet.distributor.dispatch.Dispatcher;
import io.renderfleet.distributor.placement.Placer;
import io.renderfleet.distributor.placement.StandardPolicy;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.testing.JobBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.Status;
import org.springframework.context.ApplicationContext;

/** The loops of a distributor survive errors, and its liveness tells when one does not turn. */
class LoopsIT {
    private static LocalFleet fleet;
    private static ApplicationContext context;

    @BeforeAll
    static void start() {
        fleet = new LocalFleet();
        context = fleet.distributor("renderfleet.distributor.intake.lanes=HIGH");
    }

    @AfterAll
    static void stop() {
        fleet.close();
    }

    @Test
    void anIntakeLoopContinuesAfterAnError() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        IntakeSettings settings = context.getBean(IntakeSettings.class);
        LoopHealth health = new LoopHealth(Clock.systemUTC());
        IntakeLoop loop = new IntakeLoop(
                fleet.master(),
                routing().router(),
                failingOnce(turns),
                routing().depths(),
                settings,
                new Random(1),
                health);
        Thread thread = Thread.ofVirtual().name("test-loop").start(loop);
        try {
            await().until(() -> turns.get() >= 2);
            assertThat(thread.isAlive()).isTrue();
            assertThat(health.deadlines()).hasSize(1);
        } finally {
            loop.stop();
            loop.abandonPoll();
            thread.join(Duration.ofSeconds(30));
        }
        assertThat(health.deadlines()).isEmpty();
    }

    private static PoolRouting routing() {
        return context.getBean(IntakeConfiguration.PoolRoutings.class).all().getFirst();
    }

    /** A choice of regions whose first question ends in an error. */
    private static RegionChoice failingOnce(AtomicInteger turns) {
        RegionChoice real = routing().regions();
        return new RegionChoice(
                JobBuilder.POOL,
                context.getBean(PoolDepths.class).ledger(JobBuilder.POOL),
                context.getBean(Dispatcher.class),
                new Placer(StandardPolicy.INVERSE_LOAD),
                context.getBean(DrainedRegionsCache.class),
                5000) {
            @Override
            int room(int most) {
                if (turns.incrementAndGet() == 1) {
                    throw new StackOverflowError("on purpose");
                }
                return real.room(most);
            }
        };
    }

    @Test
    void livenessIsDownWhileALoopIsOverdue() {
        HealthEndpoint health = context.getBean(HealthEndpoint.class);
        LoopHealth loops = context.getBean(LoopHealth.class);
        await().untilAsserted(() -> assertThat(loops.deadlines().keySet())
                .contains("depth-refresh-render", "drained-regions", "drainer", "watchdog", "reaper")
                .anyMatch(name -> name.startsWith("intake-render-high-0")));
        assertThat(health.healthForPath("liveness").getStatus()).isEqualTo(Status.UP);
        loops.turn("test", Duration.ofSeconds(-1));
        try {
            assertThat(health.healthForPath("liveness").getStatus()).isEqualTo(Status.DOWN);
        } finally {
            loops.ended("test");
        }
    }
}
