package io.renderfleet.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server on loopback that gives the answers it was told to give, one to each request, and keeps the requests.
 */
final class FakeApi implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final Queue<Received> received = new ConcurrentLinkedQueue<>();

    FakeApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** A request as it arrived. */
    record Received(String method, String path, Map<String, List<String>> headers, String body, long nanos) {
        String header(String name) {
            return Optional.ofNullable(headers.get(name)).map(List::getFirst).orElse("");
        }
    }

    /**
     * An answer; a negative status closes the connection without one.
     *
     * @param tick the body after {@code body}, again and again with a pause; null to end the body
     */
    private record Answer(
            int status,
            Map<String, String> headers,
            String body,
            @Nullable Tick tick) {}

    private record Tick(String text, Duration pause, int times, String last) {}

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    FakeApi answers(int status, String body) {
        return answers(status, body, Map.of());
    }

    FakeApi answers(int status, String body, Map<String, String> headers) {
        answers.add(new Answer(status, headers, body, null));
        return this;
    }

    /** Sends this much of a body, and then nothing until this server is closed. */
    FakeApi staysOpen(String body) {
        answers.add(new Answer(200, Map.of(), body, new Tick("", Duration.ofMinutes(2), 1, "")));
        return this;
    }

    /** Sends a text again and again, and then another one. */
    FakeApi ticks(String text, Duration pause, int times, String last) {
        answers.add(new Answer(200, Map.of(), "", new Tick(text, pause, times, last)));
        return this;
    }

    /** Closes the connection after the request was read. */
    FakeApi losesItsAnswer() {
        return answers(-1, "");
    }

    List<Received> received() {
        return List.copyOf(received);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.add(new Received(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders(),
                body,
                System.nanoTime()));
        Answer answer = answers.poll();
        if (answer == null) {
            answer = new Answer(500, Map.of(), "{\"title\": \"The test expected no further request\"}", null);
        }
        if (answer.status() < 0) {
            exchange.close();
            return;
        }
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        Tick tick = answer.tick();
        if (tick != null) {
            exchange.sendResponseHeaders(answer.status(), 0);
            exchange.getResponseBody().write(bytes);
            exchange.getResponseBody().flush();
            tick(exchange, tick);
            return;
        }
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void tick(HttpExchange exchange, Tick tick) throws IOException {
        try {
            for (int i = 0; i < tick.times(); i++) {
                TimeUnit.NANOSECONDS.sleep(tick.pause().toNanos());
                exchange.getResponseBody().write(tick.text().getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
            }
            exchange.getResponseBody().write(tick.last().getBytes(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            // This server is being closed.
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
