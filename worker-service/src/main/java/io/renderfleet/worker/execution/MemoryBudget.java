package io.renderfleet.worker.execution;

import io.renderfleet.job.JobError;
import io.renderfleet.jobtype.AttemptException.JobRejectedException;
import io.renderfleet.jobtype.AttemptException.StoppedException;
import io.renderfleet.jobtype.JobRunner.MemoryNeed;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.springframework.util.unit.DataSize;

/**
 * Limits the heap that the attempts of a worker may use together. An attempt waits until its memory is available;
 * attempts are served in the order they began to wait, so that small ones cannot delay a large one without end.
 *
 * <p>Thread-safe.
 */
final class MemoryBudget {
    private static final long UNIT = 1024;
    private static final long STOP_CHECK_MILLIS = 100;

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
     * Reserves memory and waits until it is available.
     *
     * @param stopped whether the attempt was stopped, which ends the wait
     * @return releases the memory; must be run exactly once
     * @throws JobRejectedException if the job needs more than the whole budget
     * @throws StoppedException if the attempt was stopped or the thread interrupted while it waited
     */
    Runnable reserve(MemoryNeed need, BooleanSupplier stopped) {
        int wanted = units(need.bytes());
        if (wanted > units) {
            throw new JobRejectedException(new JobError(
                    "too-large",
                    "The job needs about " + megabytes(wanted) + " MB of memory; a worker has " + megabytes(units)
                            + " MB for all its jobs. " + need.remedy()));
        }
        try {
            while (!free.tryAcquire(wanted, STOP_CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
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
