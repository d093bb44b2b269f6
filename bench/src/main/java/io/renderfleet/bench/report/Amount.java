package io.renderfleet.bench.report;

import java.util.Locale;

/**
 * Formats numbers with about three significant digits, whole numbers without a fraction. A number close to a whole
 * number gets more digits, so that 4.004 does not look equal to a limit of 4.
 */
final class Amount {
    private static final double HUNDREDTH = 0.005;

    private Amount() {}

    static String shown(double amount) {
        double size = Math.abs(amount);
        boolean whole = amount == Math.rint(amount);
        boolean nearlyWhole = !whole && Math.abs(amount - Math.rint(amount)) < HUNDREDTH;
        String format = whole || size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : nearlyWhole ? "%.4f" : "%.2f";
        return String.format(Locale.ROOT, format, amount);
    }
}
