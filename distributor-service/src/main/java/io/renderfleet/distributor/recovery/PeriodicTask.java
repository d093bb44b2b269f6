package io.renderfleet.distributor.recovery;

import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Runs a task periodically while the service runs. Several distributors do not run it at the same moments. */
final class PeriodicTask implements SmartLifecycle {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(6);
    private static final Logger log = LoggerFactory.getLogger(PeriodicTask.class);

    private final String name;
    private final Duration period;
    private final Duration longest;
    private final Runnable task;
    private final LoopHealth health;
    private volatile @Nullable LoopTimer timer;

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
        LoopTimer started = new LoopTimer(name, health);
        if (!period.isZero()) {
            // A random delay, so that distributors that start together do not run the task together.
            Duration delay = Duration.ofMillis(ThreadLocalRandom.current().nextLong(period.toMillis() + 1));
            started.every(name, delay, period, longest, task);
        }
        timer = started;
    }

    @Override
    public void stop() {
        LoopTimer running = timer;
        timer = null;
        if (running != null && !running.stop(STOP_TIMEOUT)) {
            log.warn("The {} was interrupted and did not stop within {}", name, STOP_TIMEOUT);
        }
    }

    @Override
    public boolean isRunning() {
        return timer != null;
    }
}
