package io.renderfleet.jobtype;

/**
 * The heap that an attempt takes beside what all attempts of a worker share. A worker starts an attempt when its budget has
 * room for it, and fails a job that its whole budget has no room for.
 *
 * @param bytes an estimate from above; 0 when it is too little to count
 * @param remedy what to ask less of, as a sentence for the user; empty when there is nothing
 */
public record MemoryNeed(long bytes, String remedy) {
    /** Too little to count. */
    public static final MemoryNeed NONE = new MemoryNeed(0, "");

    public MemoryNeed {
        if (bytes < 0) {
            throw new IllegalArgumentException("memory is never negative");
        }
    }
}
