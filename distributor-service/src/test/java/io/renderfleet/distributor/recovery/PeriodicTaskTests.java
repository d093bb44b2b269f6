package io.renderfleet.distributor.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeriodicTaskTests {
    private static final Duration PERIOD = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00Z"));
    private final LoopHealth health = new LoopHealth(clock);

    @Test
    void goesOnAfterAnError() {
        AtomicInteger turns = new AtomicInteger();
        PeriodicTask rounds = new PeriodicTask(
                "test",
                PERIOD,
                LONGEST,
                () -> {
                    if (turns.incrementAndGet() == 1) {
                        throw new StackOverflowError("on purpose");
                    }
                },
                health);
        rounds.start();
        try {
            await().until(() -> turns.get() >= 3);
        } finally {
            rounds.stop();
        }
    }

    @Test
    void aRoundThatHangsIsOverdueAfterItsLongestTime() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hang = new CountDownLatch(1);
        PeriodicTask rounds = new PeriodicTask(
                "test",
                PERIOD,
                LONGEST,
                () -> {
                    begun.countDown();
                    try {
                        hang.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                health);
        rounds.start();
        try {
            begun.await();
            clock.advance(LONGEST);
            assertThat(health.overdue()).isEmpty();
            clock.advance(PERIOD.plusMillis(1));
            assertThat(health.overdue()).containsOnlyKeys("test");
            hang.countDown();
            await().until(() -> health.overdue().isEmpty());
        } finally {
            hang.countDown();
            rounds.stop();
        }
        assertThat(health.deadlines()).isEmpty();
    }
}
