package io.renderfleet.bench.report;

/**
 * The target of a figure.
 *
 * @param bound whether the limit is an upper bound, a lower bound or an exact value
 * @param limit the limit, in the unit of the figure
 * @param binding whether the target is required, so that missing it is an error. Targets for billed calls are required;
 *     targets for speed are not, because speed depends on the machine
 */
public record Target(Bound bound, double limit, boolean binding) {
    /** How a value is compared with the limit. */
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

    /** The same target as a required one. */
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
