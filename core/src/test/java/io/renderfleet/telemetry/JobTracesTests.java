package io.renderfleet.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class JobTracesTests {
    private final List<SpanData> sent = new ArrayList<>();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(new SpanExporter() {
                @Override
                public CompletableResultCode export(Collection<SpanData> spans) {
                    sent.addAll(spans);
                    return CompletableResultCode.ofSuccess();
                }

                @Override
                public CompletableResultCode flush() {
                    return CompletableResultCode.ofSuccess();
                }

                @Override
                public CompletableResultCode shutdown() {
                    return CompletableResultCode.ofSuccess();
                }
            }))
            .build();

    private final UUID job = UUID.fromString("0ce9099c-c22d-415c-8054-798be7fd6513");

    @Test
    void aJobsStepsAreOneTraceWhichHasTheJobsId() {
        assertThat(traces(1).<String>in(job, null, "route", () -> "routed")).isEqualTo("routed");
        assertThat(traces(1).<String>in(job, null, "run", () -> "ran")).isEqualTo("ran");

        assertThat(sent).extracting(SpanData::getName).containsExactly("route", "run");
        assertThat(sent).extracting(SpanData::getTraceId).containsOnly("0ce9099cc22d415c8054798be7fd6513");
        assertThat(sent).extracting(SpanData::getParentSpanId).containsOnly("8054798be7fd6513");
    }

    @Test
    void aJobContinuesTheTraceOfItsClientAsFarAsItIsTraced() throws Exception {
        TraceParent caller = TraceParent.of("4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7");

        traces(1).<String>in(job, caller, "run", () -> {
            try {
                return traces(1).part("store", () -> "stored");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        traces(0).<String>in(job, caller, "run", () -> "not traced");
        traces(1).part("store", () -> "outside of a job");

        assertThat(sent).extracting(SpanData::getName).containsExactly("store", "run");
        assertThat(sent).extracting(SpanData::getTraceId).containsOnly(caller.traceId());
        assertThat(sent.getLast().getParentSpanId()).isEqualTo(caller.spanId());
        assertThat(sent.getFirst().getParentSpanId()).isEqualTo(sent.getLast().getSpanId());
    }

    @Test
    void isTheCallersOnlyInAValidForm() {
        assertThatIllegalArgumentException().isThrownBy(() -> TraceParent.of("x"));
        assertThatIllegalArgumentException().isThrownBy(() -> TraceParent.of("0".repeat(32) + "-00f067aa0ba902b7"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1})
    void logLinesOfAStepHaveTheJobsIdInEachOfItsThreads(double share) throws Exception {
        JobTraces traces = traces(share);
        Callable<String> other = traces.in(job, null, "run", () -> {
            assertThat(MDC.get("jobId")).isEqualTo(job.toString());
            return traces.carried(() -> MDC.get("jobId"));
        });
        assertThat(MDC.get("jobId")).isNull();

        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            assertThat(thread.submit(other).get()).isEqualTo(job.toString());
            assertThat(thread.submit(() -> Optional.ofNullable(MDC.get("jobId")))
                            .get())
                    .isEmpty();
        }
    }

    @Test
    void aFailureIsRecordedAndRethrown() {
        assertThatIllegalStateException()
                .isThrownBy(() -> traces(1).in(job, null, "run", () -> {
                    throw new IllegalStateException("no");
                }));

        assertThat(sent)
                .singleElement()
                .extracting(span -> span.getStatus().getStatusCode())
                .isEqualTo(StatusCode.ERROR);
    }

    @Test
    void everyServiceTracesTheSameShareOfJobs() {
        Random random = new Random(1);
        int traced = 0;
        for (int i = 0; i < 10_000; i++) {
            UUID id = new UUID(random.nextLong(), random.nextLong() >>> 2 | Long.MIN_VALUE);
            boolean here = traces(0.1).isTraced(id);
            assertThat(traces(0.1).isTraced(id)).isEqualTo(here);
            assertThat(traces(1).isTraced(id)).isTrue();
            assertThat(traces(0).isTraced(id)).isFalse();
            traced += here ? 1 : 0;
        }
        assertThat(traced).isCloseTo(1000, within(100));
    }

    private JobTraces traces(double share) {
        return new JobTraces(new OtelTracer(provider.get("test"), new OtelCurrentTraceContext(), event -> {}), share);
    }
}
