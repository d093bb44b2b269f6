package io.renderfleet.worker.execution;

import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Periodically renews the leases of running jobs, enforces their deadlines, writes their progress and reads
 * cancellations. Stops after the intake, so that jobs keep their leases during the grace period.
 */
final class LeaseKeeper implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final String HEARTBEATS = "heartbeats";
    private static final String TIME_LIMITS = "time-limits";
    private static final String PROGRESS = "progress";
    private static final String CANCELLATIONS = "cancellations";

    /** The time after which a loop counts as stuck. No loop waits for AWS; the calls run on other threads. */
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
        // Checks four times per heartbeat, which is cheap, and renews only leases that would be due before the next
        // check.
        Duration check = heartbeat.dividedBy(4);
        every(HEARTBEATS, check, () -> {
            var _ = execution.heartbeat(heartbeat.minus(check));
        });
        every(TIME_LIMITS, TIMEOUT_CHECK, execution::enforceTimeouts);
        every(PROGRESS, TIMEOUT_CHECK, execution::reportProgress);
        every(CANCELLATIONS, JobExecution.CANCEL_CHECK, execution::stopCancelled);
    }

    private void every(String loop, Duration period, Runnable task) {
        long millis = period.toMillis();
        var _ = timer.scheduleWithFixedDelay(() -> guarded(loop, period, task), millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Catches everything, because the executor does not repeat a task that has thrown. */
    private void guarded(String loop, Duration period, Runnable task) {
        try {
            health.turn(loop, period.plus(LONGEST_TURN));
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("Unexpected error in the loop {}; continuing", loop, e);
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
