package io.renderfleet.jobtype.inference.batch;

import io.renderfleet.telemetry.LoopHealth;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Works on the batches that are not over, of whichever instance of the API accepted them. Reads their ids every
 * two seconds.
 */
final class BatchLoop implements SmartLifecycle {
    private static final String NAME = "batches";
    private static final Logger log = LoggerFactory.getLogger(BatchLoop.class);

    /** The most batches that an instance works on at the same time. */
    private static final int AT_ONCE = 8;

    private static final int MAX_WAITING = 1000;
    private static final Duration PAUSE = Duration.ofSeconds(2);
    /** How long the loop waits for room before it reads the ids again. */
    private static final Duration LONGEST_PASS = Duration.ofSeconds(10);

    private static final Duration LONGEST_TURN = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final BatchStore store;
    private final BatchWork work;
    private final LoopHealth health;
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final Set<BatchId> inProgress = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<BatchId> soon = new LinkedBlockingQueue<>(MAX_WAITING);
    private volatile boolean running;
    private volatile @Nullable Thread loop;

    BatchLoop(BatchStore store, BatchWork work, LoopHealth health) {
        this.store = store;
        this.work = work;
        this.health = health;
    }

    /** Works on a batch at once, if there is room. */
    void soon(BatchId id) {
        // Otherwise it is found with the others.
        var _ = soon.offer(id);
    }

    @Override
    public void start() {
        // Before the thread starts, which ends when this is false.
        running = true;
        loop = Thread.ofVirtual().name(NAME).start(this::loop);
    }

    private void loop() {
        boolean failing = false;
        long next = System.nanoTime();
        try {
            while (running) {
                health.turn(NAME, LONGEST_TURN);
                BatchId one = soon.poll(next - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (one != null) {
                    var _ = begin(one, 0);
                }
                if (System.nanoTime() - next < 0) {
                    continue;
                }
                next = System.nanoTime() + PAUSE.toNanos();
                try {
                    beginAll();
                    failing = false;
                } catch (RuntimeException | Error e) {
                    // Errors too: without this loop, batches would wait for ever in an API that seems alive.
                    if (!failing && running) {
                        log.warn("The batches that are not over cannot be read; trying again: {}", e.toString());
                    }
                    failing = true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            health.ended(NAME);
        }
    }

    /** Looks at every batch, also when there are more than {@link #AT_ONCE}: most of them have nothing to do, and end soon. */
    private void beginAll() throws InterruptedException {
        List<BatchId> open = store.open();
        // When some take long, there may be no time for all. Then others come first the next time.
        Collections.shuffle(open);
        long end = System.nanoTime() + LONGEST_PASS.toNanos();
        for (BatchId id : open) {
            if (!running || !begin(id, end - System.nanoTime())) {
                return;
            }
        }
    }

    /** Works on a batch, unless it is worked on already; false if there was no room for it in time. Only the loop calls it. */
    private boolean begin(BatchId id, long nanos) throws InterruptedException {
        if (inProgress.contains(id)) {
            return true;
        }
        if (!room.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        inProgress.add(id);
        Thread.ofVirtual().name(NAME + "-" + id).start(() -> {
            try {
                work.turn(id, () -> !running);
            } catch (RuntimeException e) {
                log.warn("Batch {} could not be continued; trying again", id, e);
            } finally {
                inProgress.remove(id);
                room.release();
            }
        });
        return true;
    }

    /** Waits until the batches in progress are where another instance can continue them at once. */
    @Override
    public void stop() {
        running = false;
        Thread started = loop;
        try {
            if (started != null) {
                started.interrupt();
                started.join(STOP_LIMIT);
            }
            if (room.tryAcquire(AT_ONCE, STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                room.release(AT_ONCE);
            } else {
                log.warn("Batches were still in progress after {}; another instance continues them later", STOP_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
