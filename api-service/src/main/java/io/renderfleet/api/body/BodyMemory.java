package io.renderfleet.api.body;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.renderfleet.problem.ProblemException;
import io.renderfleet.problem.ProblemType;
import io.renderfleet.telemetry.FleetMetric;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Limits the number of bytes of bodies that all requests keep in memory together ({@link BodySettings#memory()}). Bytes
 * are taken when they arrive, not when they are declared, so that a client that sends little takes little. The first
 * {@value #SMALL_BODY} bytes of a body may use all of the memory, and the other bytes three quarters of it, so that
 * large bodies that arrive slowly do not block small ones.
 *
 * <p>Thread-safe.
 */
@Component
class BodyMemory {
    /** As large as the largest single job with the default settings. */
    static final int SMALL_BODY = 64 * 1024;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final long limit;
    private long held;
    private long heldBeyondSmall;

    BodyMemory(BodySettings settings, MeterRegistry meters) {
        this.limit = settings.memory().toBytes();
        Gauge.builder(FleetMetric.API_BODY_BYTES.metricName(), this, BodyMemory::held)
                .description(FleetMetric.API_BODY_BYTES.description())
                .register(meters);
    }

    /** Reserves memory for one body; none at first. */
    Reservation open() {
        return new Reservation();
    }

    /** The bytes that are held now. */
    synchronized long held() {
        return held;
    }

    /** The bytes of one body, until it is closed. It starts with none. */
    final class Reservation implements AutoCloseable {
        private long size;
        private boolean closed;

        private Reservation() {}

        /** The largest body for which there can be memory, in bytes. */
        long most() {
            return limit / 2;
        }

        /** Must be called before arrived bytes are kept; {@link ProblemException} {@code busy} if there is no memory. */
        void take(int bytes) {
            synchronized (BodyMemory.this) {
                long beyondSmall = Math.max(0, size + bytes - Math.max(size, SMALL_BODY));
                if (closed
                        || held + bytes > limit
                        || (beyondSmall > 0 && heldBeyondSmall + beyondSmall > limit - limit / 4)) {
                    throw busy();
                }
                size += bytes;
                held += bytes;
                heldBeyondSmall += beyondSmall;
            }
        }

        @Override
        public void close() {
            synchronized (BodyMemory.this) {
                closed = true;
                held -= size;
                heldBeyondSmall -= Math.max(0, size - SMALL_BODY);
                size = 0;
            }
        }
    }

    private static ProblemException busy() {
        return ProblemException.unavailable(
                ProblemType.BUSY,
                "The service is receiving more data than it has memory for. Send the same request again after the time"
                        + " in the Retry-After header.",
                RETRY_AFTER,
                null);
    }
}
