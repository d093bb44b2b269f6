package io.renderfleet.report;

import java.util.Arrays;
import java.util.Collection;

/**
 * Percentiles of measured values by nearest rank: each is a value that was measured, the smallest that so many per
 * cent do not exceed.
 */
public final class Percentiles {
    private final double[] sorted;

    /** Of values in any order; {@link IllegalArgumentException} when there are none. */
    public Percentiles(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
    }

    /**
     * One percentile.
     *
     * @param percent above 0, at most 100
     */
    public double at(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException(percent + " is no percentage above 0 and up to 100");
        }
        return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
    }
}
