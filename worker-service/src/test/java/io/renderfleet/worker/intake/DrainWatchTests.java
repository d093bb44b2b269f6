package io.renderfleet.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.renderfleet.region.RegionId;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrainWatchTests {
    private static final RegionId HERE = new RegionId("us-west-1");
    private static final RegionId ELSEWHERE = new RegionId("us-east-1");

    private final List<Boolean> told = new ArrayList<>();
    private Set<RegionId> drained = Set.of();
    private boolean away;
    private final MutableClock clock = new MutableClock(Instant.parse("2030-01-01T00:00:00Z"));
    private final LoopHealth health = new LoopHealth(clock);
    private final DrainWatch watch = new DrainWatch(
            () -> {
                if (away) {
                    throw new IllegalStateException("no answer");
                }
                return drained;
            },
            HERE,
            health);

    @AfterEach
    void close() {
        watch.close();
    }

    private void check() {
        watch.check(told::add);
    }

    @Test
    void tellsOfChangesOnly() {
        check();
        drained = Set.of(ELSEWHERE);
        check();
        drained = Set.of(ELSEWHERE, HERE);
        check();
        check();
        drained = Set.of();
        check();
        check();
        assertThat(told).containsExactly(true, false);
    }

    @Test
    void goesOnAfterAnErrorAndALookThatHangsIsOverdue() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch hang = new CountDownLatch(1);
        try (DrainWatch other = new DrainWatch(
                () -> {
                    switch (looks.incrementAndGet()) {
                        case 1 -> throw new StackOverflowError("on purpose");
                        case 3 -> {
                            hanging.countDown();
                            try {
                                hang.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        }
                        default -> {}
                    }
                    return Set.of();
                },
                HERE,
                health)) {
            other.start(Duration.ofMillis(5), told::add);
            assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(health.overdue()).isEmpty();
            clock.advance(Duration.ofMinutes(10));
            assertThat(health.overdue()).containsOnlyKeys("drain-watch");
            hang.countDown();
            await().until(() -> health.overdue().isEmpty());
        }
        assertThat(health.deadlines()).isEmpty();
    }

    @Test
    void theLastStateHoldsWhileReadsFail() {
        drained = Set.of(HERE);
        check();
        away = true;
        check();
        check();
        away = false;
        check();
        assertThat(told).containsExactly(true);
        drained = Set.of();
        check();
        assertThat(told).containsExactly(true, false);
    }
}
