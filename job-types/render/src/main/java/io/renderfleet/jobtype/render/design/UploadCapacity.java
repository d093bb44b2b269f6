package io.renderfleet.jobtype.render.design;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Limits the number of uploads in progress and the disk space that they use together. An upload that is still being
 * received after {@link DesignSettings#longUploadAfter()} is a long one. Long uploads may use half of the number, and
 * the disk space except for one file of the largest size, so that slow uploads cannot block small and fast ones.
 *
 * <p>Thread-safe.
 */
final class UploadCapacity {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final DesignSettings settings;
    private final LongSupplier nanoTime;
    private int uploads;
    private int longUploads;
    private long bytes;
    private long longBytes;

    UploadCapacity(DesignSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /**
     * Reserves capacity for one upload; {@link ProblemException} with the problem {@code busy} if there is none.
     *
     * @param declaredBytes the size that the client declared in bytes; -1 if it declared none
     */
    synchronized Reservation enter(long declaredBytes) {
        if (uploads >= settings.concurrentUploads()
                || bytes + Math.max(0, declaredBytes) > settings.uploadDisk().toBytes()) {
            throw busy();
        }
        uploads++;
        return new Reservation();
    }

    static ProblemException busy() {
        return ProblemException.unavailable(
                ProblemType.BUSY,
                "Too many designs are being uploaded. Send the file again after the time in the Retry-After header.",
                RETRY_AFTER,
                null);
    }

    /** The capacity that one upload uses, until it is closed. */
    final class Reservation implements AutoCloseable {
        private final long enteredAt = nanoTime.getAsLong();
        private boolean isLong;
        private boolean closed;
        private long size;

        private Reservation() {}

        /**
         * Must be called before the upload writes bytes to disk; {@link ProblemException} if there is no space for
         * them.
         */
        void grow(int more) {
            synchronized (UploadCapacity.this) {
                boolean becomesLong = !isLong
                        && nanoTime.getAsLong() - enteredAt
                                >= settings.longUploadAfter().toNanos();
                long ofLong = longBytes + more + (becomesLong ? size : 0);
                if ((becomesLong && longUploads >= settings.longUploads())
                        || ((becomesLong || isLong)
                                && ofLong > settings.longUploadDisk().toBytes())
                        || bytes + more > settings.uploadDisk().toBytes()) {
                    throw busy();
                }
                size += more;
                bytes += more;
                if (becomesLong) {
                    isLong = true;
                    longUploads++;
                }
                if (isLong) {
                    longBytes = ofLong;
                }
            }
        }

        @Override
        public void close() {
            synchronized (UploadCapacity.this) {
                if (closed) {
                    return;
                }
                closed = true;
                uploads--;
                bytes -= size;
                if (isLong) {
                    longUploads--;
                    longBytes -= size;
                }
            }
        }
    }
}
