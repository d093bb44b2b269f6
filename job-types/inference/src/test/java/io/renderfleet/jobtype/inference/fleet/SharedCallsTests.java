package io.renderfleet.jobtype.inference.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.fakellm.DomainLimits;
import io.renderfleet.fakellm.Latency;
import io.renderfleet.fakellm.Limit;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Four workers in real time, over local DynamoDB and a model server that counts what runs at the same time. */
class SharedCallsTests {
    private static final int LIMIT = 20;
    /** As {@link Timing#of}, but shorter. */
    private static final Timing SHORT = new Timing(
            Duration.ofSeconds(4),
            Duration.ofMillis(800),
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            Duration.ofMillis(200),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10));

    @Test
    void theServerNeverSeesMoreThanTheLimitWhileWorkersAreKilledAndPaused() throws Exception {
        var random = new Random(1);
        var latency = new Latency(Duration.ofMillis(80), Duration.ofMillis(300));
        try (var fleet = new FakeFleet(DomainLimits.NONE.withConcurrency(LIMIT), latency, SHORT)) {
            var workers = new FakeFleet.Worker[4];
            for (int i = 0; i < workers.length; i++) {
                workers[i] = fleet.start("w" + i, 10);
            }
            for (int event = 0; event < 8; event++) {
                Thread.sleep(1500);
                int victim = random.nextInt(workers.length);
                if (event % 2 == 0) {
                    workers[victim].kill();
                    workers[victim] = fleet.start("w" + victim + "-" + event, 10);
                } else {
                    workers[victim].pause(Duration.ofSeconds(6));
                }
            }

            assertThat(fleet.statistics().highestConcurrency()).isBetween(LIMIT / 2, LIMIT);
            assertThat(fleet.statistics().violations().get(Limit.CONCURRENCY)).isZero();
            // All permits are back: the last worker alone uses every one of them.
            for (FakeFleet.Worker worker : workers) {
                worker.kill();
            }
            FakeFleet.Worker last = fleet.start("last", 2 * LIMIT);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(fleet.statistics().inProgress()).isEqualTo(LIMIT));
            assertThat(last.calls.get()).isPositive();
        }
    }

    @Test
    void fourWorkersTogetherKeepToTheCallsOfASecond() throws Exception {
        var latency = new Latency(Duration.ofMillis(50), Duration.ofMillis(100));
        var limits = DomainLimits.NONE.withRps(60).withConcurrency(40);
        // The server counts and does not refuse: a busy machine that delivers calls in bursts must not matter here.
        try (var fleet = new FakeFleet(limits, DomainLimits.NONE, latency, SHORT)) {
            for (int i = 0; i < 4; i++) {
                var _ = fleet.start("w" + i, 10);
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> fleet.answered() >= 100);
            Thread.sleep(2000);
            long started = System.nanoTime();
            long before = fleet.answered();
            Thread.sleep(5000);
            double calls = fleet.answered() - before;
            double allowed = 60 * (System.nanoTime() - started) / 1e9;

            assertThat(calls).isBetween(allowed / 2, allowed * 1.1);
        }
    }
}
