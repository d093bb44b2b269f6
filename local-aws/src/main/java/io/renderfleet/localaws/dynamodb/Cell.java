package io.renderfleet.localaws.dynamodb;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The place of one item in a table. It is the item's key and the item's lock: a thread changes the item only while it
 * holds the cell's monitor or has claimed the cell for a transaction. A cell that has no item and is not in use is
 * removed from its table and never used again.
 */
final class Cell extends Key {
    private static final Duration LONGEST_READ = Duration.ofSeconds(10);

    /** The encoded item; replaced as a whole and never modified, so that reads need no lock. */
    private volatile byte @Nullable [] item;

    private boolean claimed;
    private boolean removed;
    /**
     * The number of transactions that read the item, and of writes that wait for them. Both are short-lived and few.
     */
    private short readers;

    private short waiting;

    Cell(Key key) {
        super(key.bytes());
    }

    byte @Nullable [] item() {
        return item;
    }

    /** Requires the monitor, or a claim of the cell by the caller's transaction. */
    void set(byte @Nullable [] value) {
        item = value;
    }

    /** Whether the cell was removed from its table, so that the caller must look it up again. Requires the monitor. */
    boolean isRemoved() {
        return removed;
    }

    /** Whether a writing transaction has claimed the cell. Requires the monitor. */
    boolean isClaimed() {
        return claimed;
    }

    /** Takes the cell for a transaction that writes, unless another has it. Under the monitor. */
    synchronized boolean claim() {
        awaitReaders();
        if (claimed) {
            return false;
        }
        claimed = true;
        return true;
    }

    /**
     * Takes the cell for a transaction that reads. Fails when a transaction that writes has the cell, and also when a
     * write waits for it, so that a series of reads cannot keep a write waiting. Under the monitor.
     */
    synchronized boolean claimForReading() {
        if (claimed || waiting > 0) {
            return false;
        }
        readers++;
        return true;
    }

    synchronized void release() {
        claimed = false;
    }

    synchronized void releaseFromReading() {
        readers--;
        notifyAll();
    }

    /**
     * Waits until no transaction reads the cell. Requires the monitor and releases it during the wait, so the caller
     * must check again whether the cell is claimed. The cell is not removed while a thread waits for it.
     */
    synchronized void awaitReaders() {
        long deadline = System.nanoTime() + LONGEST_READ.toNanos();
        waiting++;
        try {
            while (readers > 0) {
                long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (millis <= 0) {
                    throw ServiceException.internal(
                            "A transaction read this item for longer than " + LONGEST_READ + ".");
                }
                wait(millis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ServiceException.internal("The server is stopping.");
        } finally {
            waiting--;
        }
    }

    /** Marks the cell as removed when it has no item and is not in use. Under the monitor. */
    boolean removeIfUnused() {
        removed = item == null && !claimed && readers == 0 && waiting == 0;
        return removed;
    }
}
