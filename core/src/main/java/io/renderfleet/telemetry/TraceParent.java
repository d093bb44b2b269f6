package io.renderfleet.telemetry;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * A place in the trace of a caller, as in the header {@code traceparent} of <a
 * href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>, without the flag that asks for sampling. The steps of
 * a job that was submitted with one are part of that trace.
 *
 * @param traceId 32 hexadecimal digits in lower case
 * @param spanId 16 hexadecimal digits in lower case
 */
public record TraceParent(String traceId, String spanId) {
    /**
     * The MDC key of the trace parent of the current request, if its client sent one. The MDC is handed to the threads
     * that work for a request.
     */
    public static final String MDC_KEY = "traceparent";

    private static final Pattern FORM = Pattern.compile("(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}");
    private static final int TRACE_ID_LENGTH = 32;

    public TraceParent {
        if (!FORM.matcher(traceId + "-" + spanId).matches()) {
            throw new IllegalArgumentException("Not the ids of a trace and of a span");
        }
    }

    /**
     * Reads the text of {@link #toString}.
     *
     * @throws IllegalArgumentException when it is another text
     */
    @JsonCreator
    public static TraceParent of(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("Not the ids of a trace and of a span");
        }
        return new TraceParent(text.substring(0, TRACE_ID_LENGTH), text.substring(TRACE_ID_LENGTH + 1));
    }

    /** That of the request for which the current thread works; empty if its client sent none. */
    public static Optional<TraceParent> current() {
        return Optional.ofNullable(MDC.get(MDC_KEY)).map(TraceParent::of);
    }

    /** The ids of the trace and of the span, with a dash between them. */
    @Override
    @JsonValue
    public String toString() {
        return traceId + "-" + spanId;
    }
}
