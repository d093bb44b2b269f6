package io.renderfleet.worker.execution;

import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Keeps the leases of what is under way, and its time limits. Outlives the intake, so that what still runs is kept. */
final class LeaseKeeper implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final String HEARTBEATS = "heartbeats";
    private static final String TIME_LIMITS = "time-limits";
    private static final String PROGRESS = "progress";
    private static final String CANCELLATIONS = "cancellations";

    /** Neither waits for AWS: renewals run on threads of their own. */
    private static final Duration LONGEST_TURN = Duration.ofMinutes(2);

    private static final Duration TIMEOUT_CHECK = Duration.ofMillis(500);

    private final JobExecution execution;
    private final Duration heartbeat;
    private final LoopHealth health;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lease-keeper").daemon().factory());
    private volatile boolean running;

    LeaseKeeper(JobExecution execution, Duration heartbeat, LoopHealth health) {
        this.execution = execution;
        this.heartbeat = heartbeat;
        this.health = health;
    }

    @Override
    public void start() {
        running = true;
        // A look is cheap and a renewal is a write: none goes unrenewed for more than a heartbeat.
        Duration look = heartbeat.dividedBy(4);
        every(HEARTBEATS, look, () -> {
            var _ = execution.heartbeat(heartbeat.minus(look));
        });
        every(TIME_LIMITS, TIMEOUT_CHECK, execution::enforceTimeouts);
        every(PROGRESS, TIMEOUT_CHECK, execution::reportProgress);
        every(CANCELLATIONS, JobExecution.CANCEL_CHECK, execution::stopCancelled);
    }

    private void every(String loop, Duration period, Runnable task) {
        long millis = period.toMillis();
        var _ = timer.scheduleWithFixedDelay(() -> guarded(loop, period, task), millis, millis, TimeUnit.MILLISECONDS);
    }

    /** A scheduled task that throws once never runs again. */
    private void guarded(String loop, Duration period, Runnable task) {
        try {
            health.turn(loop, period.plus(LONGEST_TURN));
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("Leases were not looked after this time", e);
        }
    }

    @Override
    public void stop() {
        running = false;
        timer.shutdownNow();
        health.ended(HEARTBEATS);
        health.ended(TIME_LIMITS);
        health.ended(PROGRESS);
        health.ended(CANCELLATIONS);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 1;
    }
}
