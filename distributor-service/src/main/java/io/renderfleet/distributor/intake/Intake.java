package io.renderfleet.distributor.intake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Runs the poll loops. It starts last and stops first. When it stops, batches that are being routed are completed, and
 * messages that were received but not started are released.
 */
final class Intake implements SmartLifecycle {
    /** Together with the grace and {@link #DRAIN_TIMEOUT}, less than the shutdown phase of 30 s. */
    private static final Duration AFTER_GRACE = Duration.ofSeconds(3);

    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(Intake.class);

    private final Map<String, Supplier<IntakeLoop>> loops;
    private final Acknowledgements acknowledgements;
    private final Duration grace;
    private final List<IntakeLoop> running = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean started;

    /**
     * Creates an intake.
     *
     * @param loops creates each loop, by the name of its thread
     * @param grace the time for open polls and batches when stopping
     */
    Intake(Map<String, Supplier<IntakeLoop>> loops, Acknowledgements acknowledgements, Duration grace) {
        this.loops = new LinkedHashMap<>(loops);
        this.acknowledgements = acknowledgements;
        this.grace = grace;
    }

    @Override
    public void start() {
        loops.forEach((name, maker) -> {
            IntakeLoop loop = maker.get();
            running.add(loop);
            threads.add(Thread.ofVirtual().name(name).start(loop));
        });
        started = true;
        log.info("Routing jobs with {} loops", threads.size());
    }

    @Override
    public void stop() {
        running.forEach(IntakeLoop::stop);
        try {
            if (!join(grace)) {
                running.forEach(IntakeLoop::abandonPoll);
                if (!join(AFTER_GRACE)) {
                    log.warn("A batch was not completed before the shutdown; its messages become visible again after"
                            + " their visibility timeout");
                    threads.forEach(Thread::interrupt);
                }
            }
            acknowledgements.drain(DRAIN_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running.clear();
        threads.clear();
        started = false;
    }

    private boolean join(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean all = true;
        for (Thread thread : threads) {
            all &= thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
        return all;
    }

    @Override
    public boolean isRunning() {
        return started;
    }
}
