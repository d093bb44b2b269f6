package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.renderfleet.job.JobId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The traces that the services send to a collector. */
class TraceIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";

    private static final Queue<byte[]> RECEIVED = new ConcurrentLinkedQueue<>();
    private static HttpServer collector;
    private static RunningFleet fleet;

    @BeforeAll
    static void start() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            RECEIVED.add(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        fleet = RunningFleet.start(Map.of(
                "management.tracing.sampling.probability",
                "1",
                "management.otlp.tracing.endpoint",
                "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces"));
    }

    @AfterAll
    static void stop() {
        fleet.close();
        collector.stop(0);
    }

    /** A span as it was received. */
    private record Span(String traceId, String spanId, String parent, String name) {}

    @Test
    void oneTraceLeadsFromTheRequestOfTheClientToThePutOfTheResult() throws Exception {
        JobId job = fleet.accepted(fleet.post(
                "/jobs", RunningFleet.tinyRequest("traced"), "traceparent", "00-" + TRACE_ID + "-" + PARENT + "-01"));
        fleet.awaitOver(List.of(job));

        await().atMost(DEADLINE)
                .untilAsserted(() -> assertThat(spans())
                        .filteredOn(span -> span.traceId().equals(TRACE_ID))
                        .extracting(Span::name)
                        .contains("submit", "route", "run", "store"));
        List<Span> spans = spans();
        assertThat(spans)
                .filteredOn(span -> List.of("submit", "route", "run").contains(span.name()))
                .allSatisfy(span -> assertThat(span.parent()).isEqualTo(PARENT));
        assertThat(spans)
                .filteredOn(span -> span.name().equals("store"))
                .singleElement()
                .satisfies(store -> assertThat(spans)
                        .filteredOn(span -> span.name().equals("run"))
                        .extracting(Span::spanId)
                        .containsOnly(store.parent()));
        assertThat(spans)
                .extracting(Span::traceId)
                .doesNotContain(job.toString().replace("-", ""));
    }

    private static List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        // ExportTraceServiceRequest, resource_spans, scope_spans, spans.
        RECEIVED.forEach(request -> fields(request, 1)
                .forEach(resource -> fields(resource, 2)
                        .forEach(scope -> fields(scope, 2)
                                .forEach(span ->
                                        spans.add(new Span(hex(span, 1), hex(span, 2), hex(span, 4), name(span)))))));
        return spans;
    }

    private static String hex(byte[] span, int field) {
        return HexFormat.of().formatHex(fields(span, field).getFirst());
    }

    private static String name(byte[] span) {
        return new String(fields(span, 5).getFirst(), StandardCharsets.UTF_8);
    }

    /** The values of a field of a message of Protocol Buffers, for fields that have a length. */
    private static List<byte[]> fields(byte[] message, int wanted) {
        List<byte[]> found = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(message);
        while (rest.hasRemaining()) {
            long tag = varint(rest);
            switch ((int) (tag & 7)) {
                case 0 -> varint(rest);
                case 1 -> rest.position(rest.position() + Long.BYTES);
                case 2 -> {
                    byte[] value = new byte[(int) varint(rest)];
                    rest.get(value);
                    if (tag >>> 3 == wanted) {
                        found.add(value);
                    }
                }
                case 5 -> rest.position(rest.position() + Integer.BYTES);
                default -> throw new AssertionError("no message of Protocol Buffers");
            }
        }
        return found;
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = from.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
