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
 * Runs the poll loops. They start last and stop first: nothing new is taken from the moment of stopping, batches in
 * hand are seen through, and what was only received is given back.
 */
final class Intake implements SmartLifecycle {
    /** With the grace and the draining, within a shutdown phase of 30 s. */
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
     * @param loops what makes each loop, by the name of its thread
     * @param grace for what is in hand when stopping, open polls included
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
                    log.warn("A batch was not done in time; what was not forwarded becomes visible again");
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
