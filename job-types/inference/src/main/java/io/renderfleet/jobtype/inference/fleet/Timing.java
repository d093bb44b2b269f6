package io.renderfleet.jobtype.inference.fleet;

import java.time.Duration;

/**
 * The times of shared permits. A worker renews its lease every {@code renewal}. It starts no call in the last
 * {@code longestCall + margin} before the lease ends, so that each of its calls has ended {@code margin} before another
 * worker can take its permits, also if the worker is killed, paused or cut off.
 *
 * @param lease how long permits are held without a renewal
 * @param renewal the time between two renewals
 * @param longestCall the time limit of a call
 * @param margin the difference that the clocks of two workers may have, and the time to stop a call
 * @param read how often a worker that uses the pool reads its items
 * @param idleRead how often a worker that does not use the pool reads its items
 * @param idle how long after its last need of a domain a worker gives everything back
 */
record Timing(
        Duration lease,
        Duration renewal,
        Duration longestCall,
        Duration margin,
        Duration read,
        Duration idleRead,
        Duration idle) {

    /**
     * The times for calls of this length. With calls of up to 10 seconds, the permits of a worker that was killed are
     * back after 28 seconds at most; with longer ones, 18 seconds after the longest call. The provider may go on with a
     * call whose client is gone, so they cannot be back earlier.
     */
    static Timing of(Duration longestCall) {
        Duration shortest = Duration.ofSeconds(28);
        Duration lease = longestCall.plusSeconds(18);
        return new Timing(
                lease.compareTo(shortest) > 0 ? lease : shortest,
                Duration.ofSeconds(10),
                longestCall,
                Duration.ofSeconds(5),
                Duration.ofMillis(500),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1));
    }
}
