package io.renderfleet.worker.execution;

import io.renderfleet.job.JobError;
import io.renderfleet.jobtype.JobRejectedException;
import io.renderfleet.jobtype.MemoryNeed;
import io.renderfleet.jobtype.StoppedException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.springframework.util.unit.DataSize;

/**
 * The heap that all attempts of a worker may take together. An attempt waits until there is room for it; the one that has
 * waited longest is first, so that a large one is not passed by small ones for ever. Thread-safe.
 */
final class MemoryBudget {
    private static final long UNIT = 1024;
    private static final long LOOK_MILLIS = 100;

    private final int units;
    private final Semaphore free;

    MemoryBudget(DataSize budget) {
        this.units = units(budget.toBytes());
        this.free = new Semaphore(units, true);
    }

    private static int units(long bytes) {
        return Math.toIntExact(Math.min(Math.ceilDiv(bytes, UNIT), Integer.MAX_VALUE));
    }

    /**
     * Waits for room.
     *
     * @param stopped whether to give up waiting
     * @return gives the room back, once
     * @throws JobRejectedException when there can never be room
     * @throws StoppedException when it gave up
     */
    Runnable reserve(MemoryNeed need, BooleanSupplier stopped) {
        int wanted = units(need.bytes());
        if (wanted > units) {
            throw new JobRejectedException(new JobError(
                    "too-large",
                    "The job needs about " + megabytes(wanted) + " MB of memory, and a worker has " + megabytes(units)
                            + " MB for its jobs. " + need.remedy()));
        }
        try {
            while (!free.tryAcquire(wanted, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (stopped.getAsBoolean()) {
                    throw new StoppedException();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException();
        }
        return () -> free.release(wanted);
    }

    private static long megabytes(long units) {
        return Math.ceilDiv(units * UNIT, 1_000_000);
    }
}
