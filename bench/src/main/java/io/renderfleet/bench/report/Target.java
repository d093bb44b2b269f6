package io.renderfleet.bench.report;

/**
 * What a figure should come to.
 *
 * @param binding whether missing it is an error: what costs money must hold in every run, how fast it is depends on
 *     the machine
 */
public record Target(Bound bound, double limit, boolean binding) {
    /** Which side of the limit is good. */
    public enum Bound {
        AT_LEAST("≥"),
        AT_MOST("≤"),
        EXACTLY("=");

        private final String sign;

        Bound(String sign) {
            this.sign = sign;
        }
    }

    public static Target atLeast(double limit) {
        return new Target(Bound.AT_LEAST, limit, false);
    }

    public static Target atMost(double limit) {
        return new Target(Bound.AT_MOST, limit, false);
    }

    /** The same, and missing it is an error. */
    public Target mustHold() {
        return new Target(bound, limit, true);
    }

    public static Target exactly(double limit) {
        return new Target(Bound.EXACTLY, limit, true);
    }

    boolean isMetBy(double value) {
        return switch (bound) {
            case AT_LEAST -> value >= limit;
            case AT_MOST -> value <= limit;
            case EXACTLY -> value == limit;
        };
    }

    String shown() {
        return bound.sign + " " + Amount.shown(limit);
    }
}
