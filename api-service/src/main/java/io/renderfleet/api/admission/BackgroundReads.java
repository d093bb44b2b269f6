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

/** Runs counts of open jobs and readings of queue depths in the background, so that no request waits for them. */
@Component
class BackgroundReads implements AutoCloseable {
    /** The longest count: a user's open jobs, page by page, while the table is throttled. */
    static final Duration LONGEST = Duration.ofMinutes(30);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(BackgroundReads.class);

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("admission-", 0).factory());

    private final AtomicLong runs = new AtomicLong();
    private final LoopHealth health;

    BackgroundReads(LoopHealth health) {
        this.health = health;
    }

    /** Starts the work; false when the service is stopping and the work is not run. */
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
            log.error(
                    "Unexpected error while counting open jobs or reading queue depths; the next one starts as usual",
                    e);
        } finally {
            health.ended(name);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn(
                        "A count of open jobs or a reading of queue depths is still running after {}; it fails when"
                                + " its client is closed",
                        STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
