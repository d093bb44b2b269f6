package io.renderfleet.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTimerTests {
    private static final Duration PERIOD = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00Z"));
    private final LoopHealth health = new LoopHealth(clock);
    private final LoopTimer timer = new LoopTimer("test", health);

    @AfterEach
    void stop() {
        assertThat(timer.stop(Duration.ofSeconds(10))).isTrue();
        assertThat(health.deadlines()).isEmpty();
    }

    @Test
    void continuesAfterAnError() {
        AtomicInteger turns = new AtomicInteger();
        timer.every("test", Duration.ZERO, PERIOD, LONGEST, () -> {
            if (turns.incrementAndGet() == 1) {
                throw new StackOverflowError("on purpose");
            }
        });
        await().until(() -> turns.get() >= 3);
    }

    @Test
    void aTurnThatHangsIsOverdueAfterItsLongestTime() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hang = new CountDownLatch(1);
        timer.every("test", Duration.ZERO, PERIOD, LONGEST, () -> {
            begun.countDown();
            try {
                hang.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        begun.await();
        clock.advance(LONGEST);
        assertThat(health.overdue()).isEmpty();
        clock.advance(PERIOD.plusMillis(1));
        assertThat(health.overdue()).containsOnlyKeys("test");
        hang.countDown();
        await().until(() -> health.overdue().isEmpty());
    }

    @Test
    void aLoopThatNeverBeginsIsOverdue() {
        timer.every("test", Duration.ofHours(1), PERIOD, LONGEST, () -> {});
        clock.advance(Duration.ofHours(1).plus(LONGEST));
        assertThat(health.overdue()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(health.overdue()).containsOnlyKeys("test");
    }

    @Test
    void stopInterruptsTheTurn() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        timer.every("test", Duration.ZERO, PERIOD, LONGEST, () -> {
            begun.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        begun.await();
        assertThat(timer.stop(Duration.ofSeconds(10))).isTrue();
        assertThat(interrupted.getCount()).isZero();
    }
}
