package io.renderfleet.worker.execution;

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
    private static final Duration TIMEOUT_CHECK = Duration.ofMillis(500);

    private final JobExecution execution;
    private final Duration heartbeat;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lease-keeper").daemon().factory());
    private volatile boolean running;

    LeaseKeeper(JobExecution execution, Duration heartbeat) {
        this.execution = execution;
        this.heartbeat = heartbeat;
    }

    @Override
    public void start() {
        running = true;
        // A look is cheap and a renewal is a write: none goes unrenewed for more than a heartbeat.
        Duration look = heartbeat.dividedBy(4);
        every(look, () -> {
            var _ = execution.heartbeat(heartbeat.minus(look));
        });
        every(TIMEOUT_CHECK, execution::enforceTimeouts);
    }

    private void every(Duration period, Runnable task) {
        long millis = period.toMillis();
        var _ = timer.scheduleWithFixedDelay(() -> guarded(task), millis, millis, TimeUnit.MILLISECONDS);
    }

    /** A scheduled task that throws once never runs again. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("Leases were not looked after this time", e);
        }
    }

    @Override
    public void stop() {
        running = false;
        timer.shutdownNow();
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
