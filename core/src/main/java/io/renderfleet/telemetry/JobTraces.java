package io.renderfleet.telemetry;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One trace for each job. If the client sent a {@link TraceParent} with the request, the steps of the job continue the
 * client's trace; the messages of the job carry it. Otherwise the trace id is the job's id without the dashes, so that all
 * services add to the same trace without passing it on, and operators find the trace by the job's id. In both cases the
 * job's id decides whether the job is traced, so that all services decide the same, and no client can make them export
 * more.
 *
 * <p>Without a client's trace, the spans have a common parent that is never exported, whose span id is the last half of
 * the job's id: in <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a> a trace id has 16 bytes and a span
 * id 8.
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
     * @param caller the client's trace, which the job continues; null for the trace of the job's id
     * @param step the span's name: submit, route or run
     */
    public <T> T in(UUID job, @Nullable TraceParent caller, String step, Supplier<T> work) {
        try (MDC.MDCCloseable _ = MDC.putCloseable(MDC_KEY, job.toString())) {
            return isTraced(job) ? traced(job, caller, step, work) : work.get();
        }
    }

    /**
     * Runs a part of the current step as a span of its own, if the job is traced. An exception is recorded in the span
     * and rethrown.
     *
     * @param part the span's name, such as store
     */
    public <T> T part(String part, Callable<T> work) throws Exception {
        if (tracer.currentSpan() == null) {
            return work.call();
        }
        Span span = tracer.nextSpan().name(part).start();
        try (Tracer.SpanInScope _ = tracer.withSpan(span)) {
            return work.call();
        } catch (Exception | Error e) {
            span.error(e);
            throw e;
        } finally {
            span.end();
        }
    }

    private <T> T traced(UUID job, @Nullable TraceParent caller, String step, Supplier<T> work) {
        Span span = tracer.spanBuilder()
                .setParent(caller == null ? parent(job) : context(caller.traceId(), caller.spanId()))
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
        return context(hex.toHexDigits(job.getMostSignificantBits()) + last, last);
    }

    private TraceContext context(String traceId, String spanId) {
        return tracer.traceContextBuilder()
                .traceId(traceId)
                .spanId(spanId)
                .sampled(true)
                .build();
    }
}
