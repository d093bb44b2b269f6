package io.renderfleet.distributor.recovery;

import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Does something again and again, each time a period after the last was done, whatever goes wrong in one. */
final class Rounds implements SmartLifecycle {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(6);
    private static final Logger log = LoggerFactory.getLogger(Rounds.class);

    private final String name;
    private final Duration period;
    private final Duration longest;
    private final Runnable round;
    private final LoopHealth health;
    private volatile @Nullable ScheduledExecutorService timer;

    /**
     * @param period zero for never
     * @param longest what one may take before the service counts as hung
     */
    Rounds(String name, Duration period, Duration longest, Runnable round, LoopHealth health) {
        this.name = name;
        this.period = period;
        this.longest = longest;
        this.round = round;
        this.health = health;
    }

    @Override
    public void start() {
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
        if (!period.isZero()) {
            health.turn(name, period.plus(longest));
            // Distributors that start together do not sweep together.
            long first = ThreadLocalRandom.current().nextLong(period.toMillis() + 1);
            var _ = started.scheduleWithFixedDelay(this::guarded, first, period.toMillis(), TimeUnit.MILLISECONDS);
        }
        timer = started;
    }

    /** A scheduled task that throws once never runs again. */
    private void guarded() {
        try {
            health.turn(name, period.plus(longest));
            round.run();
        } catch (Throwable e) {
            log.error("Unexpected error in a round of the {}; continuing with the next", name, e);
        }
    }

    @Override
    public void stop() {
        ScheduledExecutorService running = timer;
        if (running == null) {
            return;
        }
        timer = null;
        running.shutdownNow();
        health.ended(name);
        try {
            if (!running.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("The {} did not stop in {}", name, STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return timer != null;
    }
}
