package io.renderfleet.jobtype.render.design;

import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The room for uploads that are not finished: how many there may be, and how many bytes of disk they may take together.
 * An upload that is still being received after a while is a long one. Long uploads may take half of the places, and the
 * disk but for one file of the largest size, so that small and fast uploads find room however many slow ones there are.
 *
 * <p>Thread-safe.
 */
final class UploadRoom {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final DesignSettings settings;
    private final LongSupplier nanoTime;
    private int uploads;
    private int longUploads;
    private long bytes;
    private long longBytes;

    UploadRoom(DesignSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /**
     * A place for one upload; {@link ProblemException} when there is none.
     *
     * @param declaredBytes what the client says the size is; -1 when it does not
     */
    synchronized Place enter(long declaredBytes) {
        if (uploads >= settings.concurrentUploads()
                || bytes + Math.max(0, declaredBytes) > settings.uploadDisk().toBytes()) {
            throw busy();
        }
        uploads++;
        return new Place();
    }

    static ProblemException busy() {
        return ProblemException.unavailable(
                ProblemType.BUSY,
                "Too many designs are being uploaded. Send the file again after Retry-After.",
                RETRY_AFTER,
                null);
    }

    /** One upload's share of the room, until it is closed. */
    final class Place implements AutoCloseable {
        private final long enteredAt = nanoTime.getAsLong();
        private boolean isLong;
        private boolean closed;
        private long size;

        private Place() {}

        /** Called before the upload writes more bytes to disk; {@link ProblemException} when there is no room for them. */
        void grow(int more) {
            synchronized (UploadRoom.this) {
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
            synchronized (UploadRoom.this) {
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
