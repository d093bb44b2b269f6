package io.renderfleet.localaws.dynamodb;

import java.util.function.LongSupplier;

/**
 * A table's write capacity a second. A write is let in as long as there is capacity left, and may overdraw it by what it
 * costs; what is left over in a second is kept for one second. Zero means no limit.
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

    /** What a client is told when its write is not let in. */
    static ServiceException refusal() {
        return ServiceException.of(
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded. "
                        + "Consider increasing your provisioning level with the UpdateTable API.");
    }
}
