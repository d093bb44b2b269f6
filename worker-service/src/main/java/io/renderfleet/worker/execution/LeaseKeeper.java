package io.renderfleet.worker.execution;

import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.telemetry.LoopTimer;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Periodically renews the leases of running jobs, enforces their deadlines, writes their progress and reads
 * cancellations. Stops after the intake, so that jobs keep their leases during the grace period.
 */
final class LeaseKeeper implements SmartLifecycle {
    private static final String HEARTBEATS = "heartbeats";
    private static final String TIME_LIMITS = "time-limits";
    private static final String PROGRESS = "progress";
    private static final String CANCELLATIONS = "cancellations";

    /** The time after which a loop counts as stuck. No loop waits for AWS; the calls run on other threads. */
    private static final Duration LONGEST_TURN = Duration.ofMinutes(2);

    private static final Duration TIMEOUT_CHECK = Duration.ofMillis(500);

    private final RunningJobs jobs;
    private final Duration heartbeat;
    private final LoopTimer timer;
    private volatile boolean running;

    LeaseKeeper(RunningJobs jobs, Duration heartbeat, LoopHealth health) {
        this.jobs = jobs;
        this.heartbeat = heartbeat;
        this.timer = new LoopTimer("lease-keeper", health);
    }

    @Override
    public void start() {
        running = true;
        // Checks four times per heartbeat, which is cheap, and renews only leases that would be due before the next
        // check.
        Duration check = heartbeat.dividedBy(4);
        every(HEARTBEATS, check, () -> {
            var _ = jobs.heartbeat(heartbeat.minus(check));
        });
        every(TIME_LIMITS, TIMEOUT_CHECK, jobs::enforceTimeouts);
        every(PROGRESS, TIMEOUT_CHECK, jobs::reportProgress);
        every(CANCELLATIONS, RunningJobs.CANCEL_CHECK, jobs::stopCancelled);
    }

    private void every(String loop, Duration period, Runnable task) {
        timer.every(loop, period, period, LONGEST_TURN, task);
    }

    @Override
    public void stop() {
        running = false;
        timer.stop(Duration.ZERO);
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
