package io.renderfleet.worker.intake;

import io.renderfleet.worker.execution.JobExecution;
import io.renderfleet.worker.protection.TaskProtection;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Receives messages for every pool that the worker serves. A stop ends receiving at once, waits up to the grace period
 * for running jobs to finish, and then releases those that have not.
 */
final class Intake implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Intake.class);

    private final List<PoolIntake> pools;
    private final JobExecution execution;
    private final TaskProtection protection;
    private final Duration grace;
    private volatile boolean running;

    Intake(List<PoolIntake> pools, JobExecution execution, TaskProtection protection, Duration grace) {
        this.pools = List.copyOf(pools);
        this.execution = execution;
        this.protection = protection;
        this.grace = grace;
    }

    @Override
    public void start() {
        running = true;
        pools.forEach(PoolIntake::start);
    }

    /** Receives no messages while the region is drained. Can be called from any thread. */
    void close(boolean drained) {
        pools.forEach(pool -> pool.close(drained));
    }

    @Override
    public void stop() {
        running = false;
        pools.forEach(PoolIntake::stopReceiving);
        try {
            if (!awaitIdle(grace)) {
                log.info(
                        "Releasing {} jobs that did not finish within the grace period of {}; other workers run them",
                        pools.stream().mapToInt(PoolIntake::busy).sum(),
                        grace);
                execution.interruptAll();
                awaitIdle(ShutdownTimes.RELEASE_JOBS);
            }
            execution.awaitAcknowledgements(ShutdownTimes.SETTLE_MESSAGES);
            protection.release();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pools.forEach(PoolIntake::close);
    }

    /** Waits until all pools are idle, with one deadline for all; false if one is still busy at the deadline. */
    private boolean awaitIdle(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean all = true;
        for (PoolIntake pool : pools) {
            all &= pool.awaitIdle(Duration.ofNanos(deadline - System.nanoTime()));
        }
        return all;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
