package io.renderfleet.telemetry;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * One trace for each job. The trace id is the job's id without the dashes, so that all services add to the same trace
 * without passing it on, and operators find the trace by the job's id. The id also decides whether the job is traced,
 * so that all services decide the same.
 *
 * <p>The spans have a common parent that is never exported, whose span id is the last half of the job's id: in <a
 * href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a> a trace id has 16 bytes and a span id 8.
 *
 * <p>Thread-safe.
 */
public final class JobTraces {
    /** The MDC key of the job's id, which every log line of a step has, whether the job is traced or not. */
    static final String MDC_KEY = "jobId";

    /** The number of bits in the last half of a UUID that are not random. */
    private static final int VARIANT_BITS = 2;

    private final Tracer tracer;
    private final double share;

    /** @param share the share of jobs that are traced, from 0 for none to 1 for all */
    public JobTraces(Tracer tracer, double share) {
        this.tracer = tracer;
        this.share = share;
    }

    /** An instance that traces no job. */
    public static JobTraces none() {
        return new JobTraces(Tracer.NOOP, 0);
    }

    /**
     * Runs the work, as a span of the job's trace if the job is traced. An exception is recorded in the span and
     * rethrown. What the work logs in this thread has the job's id.
     *
     * @param step the span's name: submit, route or run
     */
    public <T> T in(UUID job, String step, Supplier<T> work) {
        try (MDC.MDCCloseable _ = MDC.putCloseable(MDC_KEY, job.toString())) {
            return isTraced(job) ? traced(job, step, work) : work.get();
        }
    }

    private <T> T traced(UUID job, String step, Supplier<T> work) {
        Span span = tracer.spanBuilder()
                .setParent(parent(job))
                .name(step)
                .tag("job.id", job.toString())
                .start();
        try (Tracer.SpanInScope _ = tracer.withSpan(span)) {
            return work.get();
        } catch (RuntimeException | Error e) {
            span.error(e);
            throw e;
        } finally {
            span.end();
        }
    }

    /** Wraps work for another thread, so that it runs in the current span and logs the current job's id. */
    public <T> Callable<T> carried(Callable<T> work) {
        Callable<T> inSpan = tracer.currentTraceContext().wrap(work);
        String job = MDC.get(MDC_KEY);
        if (job == null) {
            return inSpan;
        }
        return () -> {
            try (MDC.MDCCloseable _ = MDC.putCloseable(MDC_KEY, job)) {
                return inSpan.call();
            }
        };
    }

    boolean isTraced(UUID job) {
        // From 0, inclusive, to 1, exclusive.
        double place = (job.getLeastSignificantBits() << VARIANT_BITS >>> 11) * 0x1.0p-53;
        return place < share;
    }

    private TraceContext parent(UUID job) {
        HexFormat hex = HexFormat.of();
        String last = hex.toHexDigits(job.getLeastSignificantBits());
        return tracer.traceContextBuilder()
                .traceId(hex.toHexDigits(job.getMostSignificantBits()) + last)
                .spanId(last)
                .sampled(true)
                .build();
    }
}
