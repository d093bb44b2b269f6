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

/** Runs a task periodically, with a fixed delay between runs. An error in one run does not stop the next ones. */
final class PeriodicTask implements SmartLifecycle {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(6);
    private static final Logger log = LoggerFactory.getLogger(PeriodicTask.class);

    private final String name;
    private final Duration period;
    private final Duration longest;
    private final Runnable task;
    private final LoopHealth health;
    private volatile @Nullable ScheduledExecutorService timer;

    /**
     * Creates a task, which {@link #start} schedules.
     *
     * @param name the name of the task in the log, in the liveness check and of its thread
     * @param period the delay between two runs; zero to never run
     * @param longest the longest time of a run; after that, liveness is DOWN
     */
    PeriodicTask(String name, Duration period, Duration longest, Runnable task, LoopHealth health) {
        this.name = name;
        this.period = period;
        this.longest = longest;
        this.task = task;
        this.health = health;
    }

    @Override
    public void start() {
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
        if (!period.isZero()) {
            health.turn(name, period.plus(longest));
            // A random delay, so that distributors that start together do not run the task together.
            long first = ThreadLocalRandom.current().nextLong(period.toMillis() + 1);
            var _ = started.scheduleWithFixedDelay(this::guarded, first, period.toMillis(), TimeUnit.MILLISECONDS);
        }
        timer = started;
    }

    /** Catches everything, because a scheduled task that throws is not run again. */
    private void guarded() {
        try {
            health.turn(name, period.plus(longest));
            task.run();
        } catch (Throwable e) {
            log.error("Unexpected error in a run of the {}; continuing with the next run", name, e);
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
                log.warn("The {} did not stop within {}; it is interrupted", name, STOP_TIMEOUT);
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
