package io.renderfleet.telemetry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Runs periodic work of a service on a thread of its own, with Spring's scheduler. Each turn begins a period after the
 * previous one ended. Whatever a turn throws is logged, errors included, and the next turn follows. Every turn is
 * reported to {@link LoopHealth}, so that a turn that hangs makes the service not live.
 *
 * <p>Thread-safe. The thread is a daemon and ends with {@link #stop}.
 */
public final class LoopTimer {
    private static final Logger log = LoggerFactory.getLogger(LoopTimer.class);

    private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
    private final List<String> loops = new CopyOnWriteArrayList<>();
    private final LoopHealth health;

    /** @param thread what the name of the thread begins with */
    public LoopTimer(String thread, LoopHealth health) {
        this.health = health;
        scheduler.setThreadNamePrefix(thread + "-");
        scheduler.setDaemon(true);
        scheduler.initialize();
    }

    /**
     * Runs {@code turn} until this timer stops. All work of one timer shares its thread.
     *
     * @param loop the name of the work in {@link LoopHealth} and in the log
     * @param delay until the first turn, zero or longer
     * @param period from the end of a turn to the beginning of the next one, longer than zero
     * @param longest the longest time that a turn may take, with all work that shares the thread, before the
     *     service is not live
     */
    public void every(String loop, Duration delay, Duration period, Duration longest, Runnable turn) {
        loops.add(loop);
        health.turn(loop, delay.plus(longest));
        Duration untilReport = period.plus(longest);
        var _ = scheduler.scheduleWithFixedDelay(
                () -> {
                    try {
                        health.turn(loop, untilReport);
                        turn.run();
                    } catch (Throwable e) {
                        log.error("Unexpected error in {}; continuing with the next turn", loop, e);
                    }
                },
                scheduler.getClock().instant().plus(delay),
                period);
    }

    /**
     * Interrupts a turn that is running and waits for it to end.
     *
     * @param timeout zero to not wait
     * @return whether it ended in time
     */
    public boolean stop(Duration timeout) {
        scheduler.setAwaitTerminationMillis(timeout.toMillis());
        scheduler.shutdown();
        loops.forEach(health::ended);
        return scheduler.getScheduledExecutor().isTerminated();
    }
}
