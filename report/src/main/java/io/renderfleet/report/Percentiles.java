package io.renderfleet.report;

import java.util.Arrays;
import java.util.Collection;

/**
 * Percentiles by the nearest-rank method: the p-th percentile is the smallest measured value that at least p percent of
 * the values do not exceed.
 *
 * <p>Immutable.
 */
public final class Percentiles {
    private final double[] sorted;

    /**
     * Creates the percentiles of values in any order.
     *
     * @throws IllegalArgumentException if there are no values
     */
    public Percentiles(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("there are no values");
        }
        sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
    }

    /**
     * Returns one percentile.
     *
     * @param percent greater than 0, at most 100
     * @throws IllegalArgumentException if the percentage is out of range
     */
    public double at(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException(
                    "the percentage must be greater than 0 and at most 100, but is " + percent);
        }
        return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
    }
}
