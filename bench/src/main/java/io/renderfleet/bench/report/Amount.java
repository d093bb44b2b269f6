package io.renderfleet.bench.report;

import java.util.Locale;

/** Numbers for people: about three significant digits, whole ones without a fraction. */
final class Amount {
    private Amount() {}

    static String shown(double amount) {
        double size = Math.abs(amount);
        String format = amount == Math.rint(amount) || size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, amount);
    }
}
