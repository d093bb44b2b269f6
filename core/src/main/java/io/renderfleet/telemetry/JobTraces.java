package io.renderfleet.telemetry;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * One trace for each job: its id is the job's own, without the dashes, so that every service adds to it without being
 * told, and whoever has a job's id finds its trace. Which jobs are traced follows from the id as well, and is the same
 * everywhere.
 *
 * <p>Spans hang on a parent that is never sent, with the last half of the job's id for its own: a trace id of W3C's
 * <a href="https://www.w3.org/TR/trace-context/">Trace Context</a> has 16 bytes and a span id 8.
 *
 * <p>Thread-safe.
 */
public final class JobTraces {
    /** An id is random but for its version and variant; of its last half, all but these two bits. */
    private static final int VARIANT_BITS = 2;

    private final Tracer tracer;
    private final double share;

    /** @param share of the jobs that are traced, from 0 for none to 1 for all */
    public JobTraces(Tracer tracer, double share) {
        this.tracer = tracer;
        this.share = share;
    }

    /** Traces no job. */
    public static JobTraces none() {
        return new JobTraces(Tracer.NOOP, 0);
    }

    /**
     * Does the work, as a span of the job's trace if the job is one that is traced. What the work throws is noted there
     * and thrown on.
     *
     * @param step what is done, in the words of the architecture: submit, route, run
     */
    public <T> T in(UUID job, String step, Supplier<T> work) {
        if (!isTraced(job)) {
            return work.get();
        }
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

    /** The same work for another thread, as a part of this thread's span. */
    public <T> Callable<T> carried(Callable<T> work) {
        return tracer.currentTraceContext().wrap(work);
    }

    boolean isTraced(UUID job) {
        // From 0 up to, and never, 1.
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
