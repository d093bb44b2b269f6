package io.renderfleet.worker.intake;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Limits how many messages are processed at the same time, each on its own thread. These threads mostly wait for AWS
 * and for the runners' threads. Thread-safe.
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

    /** The number of busy slots. */
    int busy() {
        return count - free.availablePermits();
    }

    /**
     * Runs the work in a free slot.
     *
     * @param then called when the slot is free again
     * @throws IllegalStateException if no slot is free; the caller counts free slots, so this is a bug
     * @throws OutOfMemoryError if the system cannot start a thread; then neither is called, and the slot is free
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

    /** Waits until no slot is busy; false if the limit passes before. */
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
