package io.renderfleet.render.gltf;

import io.renderfleet.render.CancelSignal;
import io.renderfleet.render.InvalidSceneException;
import io.renderfleet.render.RenderCancelledException;
import io.renderfleet.render.SceneLimits;
import io.renderfleet.render.geometry.BuildCheck;

/**
 * Adds up what reading a file costs, and refuses the file before a limit is exceeded: memory before it is allocated, and
 * time in every loop over the file's contents. Not thread-safe.
 */
final class Budget {

    /** The number of polls from one look at the clock to the next; the work in between takes microseconds. */
    private static final int POLLS_PER_CHECK = 1024;

    /** How often the checks may read each byte of a file: exporters refer to shared bytes a few times. */
    private static final long READS_PER_BYTE = 16;

    private static final long LEAST_WORK = 1L << 20;

    private final SceneLimits limits;
    private final long fileBytes;
    private final CancelSignal cancel;
    private final long start = System.nanoTime();
    private int polls;
    private long bytes;
    private long triangles;
    private long memory;
    private long work;

    Budget(SceneLimits limits, long fileBytes, CancelSignal cancel) {
        this.limits = limits;
        this.fileBytes = fileBytes;
        this.cancel = cancel;
    }

    SceneLimits limits() {
        return limits;
    }

    /**
     * Ends the reading if its time is over or nobody waits for it. Called for each element that a loop reads; most calls
     * only count.
     */
    void poll() {
        if (++polls >= POLLS_PER_CHECK) {
            checkTime();
        }
    }

    /** As {@link #poll}, at once; called before a step that takes milliseconds. */
    void checkTime() {
        polls = 0;
        check(Thread.currentThread());
    }

    /** As {@link #checkTime}, for threads that work for the current one. Thread-safe. */
    BuildCheck checkOfAllThreads() {
        Thread reader = Thread.currentThread();
        return () -> check(reader);
    }

    private void check(Thread reader) {
        if (cancel.isCancelled() || reader.isInterrupted()) {
            throw new RenderCancelledException();
        }
        if (System.nanoTime() - start > limits.maxReadingTime().toNanos()) {
            throw new InvalidSceneException(
                    "design-too-slow",
                    "Reading the design takes longer than "
                            + limits.maxReadingTime().toSeconds()
                            + " seconds; export it with fewer vertices, instances and pixels.");
        }
    }

    /** Charges the bytes of an accessor or an image before they are checked; together they follow the file's size. */
    void takeWork(long amount) {
        work += amount;
        if (amount < 0 || work > READS_PER_BYTE * fileBytes + LEAST_WORK) {
            throw new InvalidSceneException(
                    "design-too-complex",
                    "The design refers to the same bytes of the file too often; export it without overlapping accessors"
                            + " and images.");
        }
    }

    /** Refuses more elements without data than the file has bytes: all other vertices have bytes of their own. */
    void requireStored(int accessor, int count) {
        if (count > fileBytes) {
            throw new InvalidSceneException(
                    "accessor-without-data",
                    "Accessor " + accessor + " declares " + count + " elements without data, in a file of " + fileBytes
                            + " bytes; export the design with the data of the accessor.");
        }
    }

    void takeBytes(long amount) {
        bytes = Math.addExact(bytes, amount);
        if (bytes > limits.maxDecodedBytes()) {
            throw new InvalidSceneException(
                    InvalidSceneException.TOO_LARGE,
                    "Decoded, the design's geometry and textures take more than " + (limits.maxDecodedBytes() >> 20)
                            + " MiB.");
        }
    }

    /**
     * Reserves memory of this process that stays in use until the file has been read, besides the memory for
     * {@link #requireMemory}.
     */
    void takeMemory(long amount) {
        requireMemory(amount);
        memory += amount;
    }

    /** The bytes of memory that were taken so far. */
    long memory() {
        return memory;
    }

    /** Checks that there is memory for a step of the reading, which releases it at its end. */
    void requireMemory(long amount) {
        if (amount > limits.maxMemory() - memory) {
            throw new InvalidSceneException(
                    InvalidSceneException.TOO_LARGE,
                    "Reading the design takes more than the " + (limits.maxMemory() >> 20)
                            + " MiB of memory that there are for it; use smaller textures and fewer triangles, or ask"
                            + " the operator for more memory.");
        }
    }

    /**
     * Whether there is memory outside the heap for a step of the reading. It is scarcer than the heap: with default
     * settings, the process has less than half of what it has on the heap.
     */
    boolean hasNativeMemory(long amount) {
        return amount <= Math.min(limits.maxMemory() / 2, limits.maxMemory() - memory);
    }

    void takeTriangles(long amount) {
        triangles = Math.addExact(triangles, amount);
        if (triangles > limits.maxTriangles()) {
            throw new InvalidSceneException(
                    "too-many-triangles",
                    "The design draws more than " + limits.maxTriangles()
                            + " triangles, counting each instance of a mesh.");
        }
    }

    long triangles() {
        return triangles;
    }
}
