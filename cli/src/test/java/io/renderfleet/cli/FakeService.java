package io.renderfleet.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP server on loopback with fixed answers for each method and path. The last answer of a path is given again and
 * again; everything else is 404.
 */
final class FakeService implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final Queue<Received> received = new ConcurrentLinkedQueue<>();

    FakeService() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** A request as it arrived. */
    record Received(String request, String query, Map<String, List<String>> headers, String body) {
        String header(String name) {
            return Optional.ofNullable(headers.get(name)).map(List::getFirst).orElse("");
        }
    }

    private record Answer(int status, Map<String, String> headers, String body) {}

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Adds an answer to a request, such as {@code POST /jobs}. */
    FakeService on(String request, int status, String body) {
        return on(request, status, body, Map.of());
    }

    FakeService on(String request, int status, String body, Map<String, String> headers) {
        Deque<Answer> all = answers.computeIfAbsent(request, key -> new ArrayDeque<>());
        synchronized (all) {
            all.add(new Answer(status, headers, body));
        }
        return this;
    }

    /** The requests to a method and path, in their order. */
    List<Received> received(String request) {
        return received.stream().filter(one -> one.request().equals(request)).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String request =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        String query =
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        received.add(new Received(request, query, Map.copyOf(exchange.getRequestHeaders()), body));
        Deque<Answer> all = answers.getOrDefault(request, new ArrayDeque<>());
        Answer answer;
        synchronized (all) {
            answer = all.size() > 1 ? all.removeFirst() : all.peekFirst();
        }
        if (answer == null) {
            answer = new Answer(404, Map.of(), "{\"title\": \"There is no " + request + "\"}");
        }
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
