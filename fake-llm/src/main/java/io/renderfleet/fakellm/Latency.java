package io.renderfleet.fakellm;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A lognormal distribution of response times, by its median and its 95th percentile. Response times of model servers
 * have such a long tail. The constructor throws an {@link IllegalArgumentException} that says which value is wrong.
 *
 * @param median half of the answers take at most this time; 0 for no delay, else at most one minute
 * @param p95 95 percent of the answers take at most this time; at least the median, at most one minute
 */
public record Latency(Duration median, Duration p95) {
    private static final Duration LONGEST = Duration.ofMinutes(1);
    /** The 95th percentile of the standard normal distribution. */
    private static final double NORMAL_P95 = 1.6448536269514722;

    /** No delay. */
    public static final Latency NONE = new Latency(Duration.ZERO, Duration.ZERO);

    public Latency {
        if (median.isNegative() || p95.compareTo(median) < 0 || p95.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "The latency must have 0 <= median <= p95 <= 1 minute, but the median is " + median.toMillis()
                            + " ms and the p95 is " + p95.toMillis() + " ms.");
        }
        if (median.isZero() && !p95.isZero()) {
            throw new IllegalArgumentException(
                    "A median of 0 ms has no distribution; set the p95 to 0 ms too, or the median to 1 ms or more.");
        }
    }

    /** Draws the next response time, at most one minute. */
    Duration draw(RandomGenerator random) {
        if (median.isZero()) {
            return Duration.ZERO;
        }
        double sigma = Math.log((double) p95.toNanos() / median.toNanos()) / NORMAL_P95;
        double nanos = median.toNanos() * Math.exp(sigma * random.nextGaussian());
        return Duration.ofNanos((long) Math.min(nanos, (double) LONGEST.toNanos()));
    }
}
