package io.renderfleet.jobtype.inference.keys;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * The time of an operation of the pool, which is the same for all of its steps. Ends of states are instants, because other
 * processes know them too; rates and the statistics use a clock that never goes back. Guarded by the lock of the pool.
 */
final class PoolTime implements TimeMeter {
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private Instant instant;
    private long nanos;

    PoolTime(InstantSource clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.instant = clock.instant();
        this.nanos = nanoTime.getAsLong();
    }

    void read() {
        instant = clock.instant();
        nanos = nanoTime.getAsLong();
    }

    Instant now() {
        return instant;
    }

    /** An end this far from now, rounded up to a millisecond, because that is how processes exchange it. */
    Instant in(Duration length) {
        Instant end = instant.plus(length);
        Instant whole = end.truncatedTo(ChronoUnit.MILLIS);
        return whole.equals(end) ? end : whole.plusMillis(1);
    }

    /** The nanoseconds until an instant, 0 if it is over. */
    long nanosUntil(Instant end) {
        return end.isAfter(instant) ? Duration.between(instant, end).toNanos() : 0;
    }

    @Override
    public long currentTimeNanos() {
        return nanos;
    }

    @Override
    public boolean isWallClockBased() {
        return false;
    }
}
