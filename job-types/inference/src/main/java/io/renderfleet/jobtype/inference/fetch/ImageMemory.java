package io.renderfleet.jobtype.inference.fetch;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the memory for the images of all tasks of a worker. Callers are served in the order in which they ask.
 *
 * <p>A task takes memory as its images arrive. If there is none left, it gives back what it has, waits for the most that a
 * task can need, and fetches its images again. So no task waits for others while it has what they wait for.
 */
public final class ImageMemory {
    /**
     * Bytes of the heap for one byte of an image: base64 text in the messages (4/3), the same in the request to the
     * provider as text and as bytes (8/3), rounded up.
     */
    private static final int HEAP_PER_BYTE = 5;

    private static final int UNIT = 1024;

    private final Semaphore units;
    private final int most;
    private final long maxBytes;

    /**
     * Shares memory.
     *
     * @param heap the bytes of the heap that images may take; one task can use as much as it needs, even if it is more
     * @param maxBytes the most bytes of the images of one task
     */
    public ImageMemory(long heap, long maxBytes) {
        this.maxBytes = maxBytes;
        this.most = units(maxBytes);
        this.units = new Semaphore(Math.max(units(heap / HEAP_PER_BYTE), most), true);
    }

    private static int units(long bytes) {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.ceilDiv(bytes, UNIT)));
    }

    /** The most bytes of the images of one task. */
    long maxBytes() {
        return maxBytes;
    }

    /** The bytes of the heap that the images of all tasks can take together. */
    public long heap() {
        return (long) units.availablePermits() * UNIT * HEAP_PER_BYTE;
    }

    /** The memory of one task; none at first. */
    Share open() {
        return new Share();
    }

    /** The memory that one task uses, until it is closed. Used by one thread at a time. */
    final class Share implements AutoCloseable {
        private int held;
        private boolean whole;
        private long bytes;

        private Share() {}

        /** Takes memory for bytes that are about to arrive; false if there is none, and nothing has changed then. */
        boolean take(long more) {
            int needed = units(bytes + more) - held;
            if (!whole && needed > 0) {
                if (!tryNow(needed)) {
                    return false;
                }
                held += needed;
            }
            bytes += more;
            return true;
        }

        /** Gives back everything, and waits for the most that a task can need; false if the time was too short. */
        boolean takeAll(Duration atMost) throws InterruptedException {
            close();
            if (!units.tryAcquire(most, Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS)) {
                return false;
            }
            held = most;
            whole = true;
            return true;
        }

        /** Unlike tryAcquire without a time, fails while others wait. */
        private boolean tryNow(int needed) {
            try {
                return units.tryAcquire(needed, 0, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        /** Gives back what is not needed for the bytes that have arrived. */
        void trim() {
            int needed = Math.min(held, units(bytes));
            units.release(held - needed);
            held = needed;
        }

        @Override
        public void close() {
            units.release(held);
            held = 0;
            bytes = 0;
            whole = false;
        }
    }
}
