package io.renderfleet.jobtype.inference.keys;

import java.time.Instant;

/**
 * What this process may use of a quota domain, of what all processes share.
 *
 * @param concurrent the calls at the same time, 0 to the concurrency of the domain
 * @param rate the part of the domain's rates, 0 to 1; with 0, no call begins
 * @param startBefore no call begins at or after this time, so that all calls have ended when the allowance has.
 *     {@link Instant#MIN} if the process has not asked for more yet
 */
public record Allowance(int concurrent, double rate, Instant startBefore) {
    /** No call begins. */
    public static final Allowance NONE = new Allowance(0, 0, Instant.MIN);

    /** @throws IllegalArgumentException if a number is out of its range */
    public Allowance {
        if (concurrent < 0 || !(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("An allowance must have 0 or more calls and a rate of 0 to 1; it has "
                    + concurrent + " and " + rate);
        }
    }
}
