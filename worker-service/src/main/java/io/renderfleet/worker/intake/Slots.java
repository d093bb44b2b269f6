package io.renderfleet.worker.intake;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads that see messages through, never more of them busy than there are slots. They wait for AWS and for the
 * threads that runners compute on.
 */
final class Slots implements AutoCloseable {
    private final int count;
    private final Semaphore free;
    private final ExecutorService threads;

    Slots(int count) {
        this(count, Thread.ofVirtual().name("slot-", 0).factory());
    }

    Slots(int count, ThreadFactory factory) {
        this.count = count;
        this.free = new Semaphore(count);
        this.threads = Executors.newCachedThreadPool(factory);
    }

    int count() {
        return count;
    }

    /** How many have a message in hand. */
    int busy() {
        return count - free.availablePermits();
    }

    /**
     * Occupies a slot with some work.
     *
     * @param then is run when the slot is free again
     * @throws IllegalStateException when none is free: who counts them has lost count
     * @throws OutOfMemoryError when the system has no thread for it; then neither runs, and the slot is free
     */
    void occupy(Runnable work, Runnable then) {
        if (!free.tryAcquire()) {
            throw new IllegalStateException("all " + count + " slots are busy");
        }
        try {
            threads.execute(() -> {
                try {
                    work.run();
                } finally {
                    free.release();
                    then.run();
                }
            });
        } catch (RuntimeException | Error e) {
            free.release();
            throw e;
        }
    }

    /** Waits until no slot is busy; false when some still are by then. */
    boolean awaitIdle(Duration limit) throws InterruptedException {
        if (!free.tryAcquire(count, Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS)) {
            return false;
        }
        free.release(count);
        return true;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
