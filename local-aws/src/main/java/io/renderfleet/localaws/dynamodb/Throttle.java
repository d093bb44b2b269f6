package io.renderfleet.localaws.dynamodb;

import java.util.function.LongSupplier;

/**
 * Limits the write units of a table per second. A write is admitted while there is capacity left, and may use more than
 * is left. Unused capacity is kept for one second. A limit of zero means no limit.
 */
final class Throttle {
    private static final double NANOS = 1e9;

    private final int unitsPerSecond;
    private final LongSupplier nanoTime;
    private double balance;
    private long last;

    Throttle(int unitsPerSecond, LongSupplier nanoTime) {
        this.unitsPerSecond = unitsPerSecond;
        this.nanoTime = nanoTime;
        balance = unitsPerSecond;
        last = nanoTime.getAsLong();
    }

    boolean isOn() {
        return unitsPerSecond > 0;
    }

    synchronized boolean admits() {
        if (!isOn()) {
            return true;
        }
        long now = nanoTime.getAsLong();
        balance = Math.min(unitsPerSecond, balance + (now - last) / NANOS * unitsPerSecond);
        last = now;
        return balance > 0;
    }

    synchronized void charge(double units) {
        balance -= units;
    }

    /** The error for a write that the limit refuses. */
    static ServiceException refusal() {
        return ServiceException.of(
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded. "
                        + "Consider increasing your provisioning level with the UpdateTable API.");
    }
}
