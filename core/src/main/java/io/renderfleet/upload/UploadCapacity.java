package io.renderfleet.upload;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Limits the number of uploads in progress and the disk space that they use together. An upload that is still being
 * received after {@link UploadLimits#longAfter()} is a long one. Long uploads may use half of the number, and
 * the disk space except for one file of the largest size, so that slow uploads cannot block small and fast ones.
 *
 * <p>Thread-safe.
 */
public final class UploadCapacity {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final UploadLimits limits;
    private final LongSupplier nanoTime;
    private int uploads;
    private int longUploads;
    private long bytes;
    private long longBytes;

    /** @param nanoTime the time in nanoseconds, such as {@link System#nanoTime} */
    public UploadCapacity(UploadLimits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    /**
     * Receives a whole request body; {@link ProblemException} if it is too large, ends early, or there is no capacity
     * for it. The file takes its capacity until it is closed.
     *
     * @param declaredBytes the size that the client declared in bytes; -1 if it declared none
     */
    public UploadedFile receive(InputStream body, long declaredBytes) throws IOException {
        if (declaredBytes > limits.maxUpload().toBytes()) {
            throw UploadedFile.tooLarge(limits.maxUpload());
        }
        Reservation reservation = enter(declaredBytes);
        try {
            return UploadedFile.receive(body, limits.maxUpload(), reservation);
        } catch (IOException | RuntimeException e) {
            reservation.close();
            throw e;
        }
    }

    /**
     * Reserves capacity for one upload; {@link ProblemException} with the problem {@code busy} if there is none.
     *
     * @param declaredBytes the size that the client declared in bytes; -1 if it declared none
     */
    synchronized Reservation enter(long declaredBytes) {
        if (uploads >= limits.concurrent()
                || bytes + Math.max(0, declaredBytes) > limits.disk().toBytes()) {
            throw busy();
        }
        uploads++;
        return new Reservation();
    }

    /** The problem of an upload for which there is no capacity. */
    public static ProblemException busy() {
        return ProblemException.unavailable(
                ProblemType.BUSY,
                "Too many files are being uploaded. Send the file again after the time in the Retry-After header.",
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
                                >= limits.longAfter().toNanos();
                long ofLong = longBytes + more + (becomesLong ? size : 0);
                if ((becomesLong && longUploads >= limits.longUploads())
                        || ((becomesLong || isLong)
                                && ofLong > limits.longDisk().toBytes())
                        || bytes + more > limits.disk().toBytes()) {
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
