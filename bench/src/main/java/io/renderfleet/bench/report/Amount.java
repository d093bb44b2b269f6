package io.renderfleet.bench.report;

import java.util.Locale;

/**
 * Numbers for people: about three significant digits, whole ones without a fraction. What is only nearly whole shows
 * it: 4.004 is above a limit of 4 and must not look like it.
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
