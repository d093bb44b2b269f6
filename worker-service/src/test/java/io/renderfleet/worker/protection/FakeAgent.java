package io.renderfleet.worker.protection;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An ECS agent's task protection endpoint over HTTP, which answers as a test tells it to. */
public final class FakeAgent implements AutoCloseable {
    private static final String FAILURE =
            "{\"failure\":{\"Arn\":\"arn\",\"Detail\":null,\"Reason\":\"DEPLOYMENT_BLOCKED\"}}";
    private static final String ERROR =
            "{\"error\":{\"Arn\":\"arn\",\"Code\":\"ThrottlingException\",\"Message\":\"m\"}}";

    /** How it answers. */
    public enum Mood {
        WELL,
        BLOCKING,
        THROTTLED,
        BABBLING,
        SLOW
    }

    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile Mood mood = Mood.WELL;

    public FakeAgent() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/api/task-protection/v1/state", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    public String uri() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/api";
    }

    public void is(Mood next) {
        mood = next;
    }

    /** Method and body of each request so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(exchange.getRequestMethod() + " " + body);
        switch (mood) {
            case WELL -> send(exchange, 200, protection(body.contains("true")));
            case BLOCKING -> send(exchange, 200, FAILURE);
            case THROTTLED -> send(exchange, 400, ERROR);
            case BABBLING -> send(exchange, 200, "<html>");
            case SLOW -> {
                try {
                    closed.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                exchange.close();
            }
        }
    }

    private static String protection(boolean enabled) {
        return "{\"protection\":{\"ProtectionEnabled\":" + enabled
                + ",\"ExpirationDate\":\"2030-01-01T00:30:00Z\",\"TaskArn\":\"arn\"}}";
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
