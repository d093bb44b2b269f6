package io.renderfleet.api.problem;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace a request belongs to: W3C Trace Context, level 1.
 *
 * @param traceparent the header's value, valid
 */
record Trace(String traceparent) {
    static final String HEADER = "traceparent";

    /** Under this name the trace id is in every line of the log that is written for the request. */
    static final String MDC_KEY = "traceId";

    private static final Pattern FORM = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final int ID_START = 3;
    private static final int ID_END = 35;

    /** The caller's trace when it sent one, else a new one, unsampled. */
    static Trace of(@Nullable String header) {
        return header != null && FORM.matcher(header).matches()
                ? new Trace(header)
                : new Trace("00-" + randomHex(2) + "-" + randomHex(1) + "-00");
    }

    String id() {
        return traceparent.substring(ID_START, ID_END);
    }

    private static String randomHex(int longs) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < longs; i++) {
            // Never zero: all zeros is no id.
            hex.append(HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)));
        }
        return hex.toString();
    }
}
