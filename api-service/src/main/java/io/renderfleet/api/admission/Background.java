package io.renderfleet.api.admission;

import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Where counts and readings are made, so that no request waits for one. */
@Component
class Background implements AutoCloseable {
    /** A user's open jobs, page by page, while the table is short of capacity. */
    static final Duration LONGEST = Duration.ofMinutes(30);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(Background.class);

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("admission-", 0).factory());

    private final AtomicLong runs = new AtomicLong();
    private final LoopHealth health;

    Background(LoopHealth health) {
        this.health = health;
    }

    /** False when the service is stopping, and the work is not done. */
    boolean run(Runnable work) {
        try {
            threads.execute(() -> guarded(work));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void guarded(Runnable work) {
        String name = "admission-" + runs.incrementAndGet();
        try {
            health.turn(name, LONGEST);
            work.run();
        } catch (RuntimeException | Error e) {
            log.error("Unexpected error in a count or a reading; the next one is made as usual", e);
        } finally {
            health.ended(name);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("A count or a reading is still under way; it fails when its client is closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
