package io.renderfleet.api.problem;

import io.renderfleet.telemetry.TraceParent;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a request: W3C Trace Context, level 1.
 *
 * @param traceparent a valid value of the header {@code traceparent}
 * @param ofClient whether the client sent it
 */
public record Trace(String traceparent, boolean ofClient) {
    static final String HEADER = "traceparent";

    /** The MDC key of the trace id, which every log line of the request has. */
    public static final String MDC_KEY = "traceId";

    private static final Pattern FORM = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final int ID_START = 3;
    private static final int ID_END = 35;
    private static final int FLAGS_START = 53;
    private static final String NOT_SAMPLED = "00";

    /**
     * The trace of the client if it sent a valid one; otherwise a new trace. It is not sampled, whatever the client
     * asks for: callers are not known, and each could make this service record and export all of its requests.
     */
    static Trace of(@Nullable String header) {
        return header != null && FORM.matcher(header).matches()
                ? new Trace(header.substring(0, FLAGS_START) + NOT_SAMPLED, true)
                : new Trace("00-" + randomHex(2) + "-" + randomHex(1) + "-" + NOT_SAMPLED, false);
    }

    /** The ids of the client's trace and span. */
    TraceParent parent() {
        return TraceParent.of(traceparent.substring(ID_START, FLAGS_START - 1));
    }

    String id() {
        return traceparent.substring(ID_START, ID_END);
    }

    private static String randomHex(int longs) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < longs; i++) {
            // Never zero, because an id of zeros is not valid.
            hex.append(HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)));
        }
        return hex.toString();
    }
}
