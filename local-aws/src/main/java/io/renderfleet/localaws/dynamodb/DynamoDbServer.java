package io.renderfleet.localaws.dynamodb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.renderfleet.http.CrossSiteCheck;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server for DynamoDB with the protocol AWS JSON 1.0, which handles each request on its own virtual thread.
 * Requests must be signed with the configured access key, for any region, and must not be from a web page of another
 * site, which could know the key.
 *
 * <p>Thread-safe.
 */
public final class DynamoDbServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DynamoDbServer.class);
    private static final int MAX_BODY = 16 << 20;
    private static final String TARGET = "DynamoDB_20120810.";
    private static final int BACKLOG = 1024;
    private static final int OK = 200;
    private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

    /**
     * The limits of the JDK's HTTP server, which can only be set for the whole JVM, before its first server: the time
     * limits of a request and of a response in seconds, the time to keep an idle connection in seconds, which is longer
     * than in the SDKs, and the number of connections.
     */
    private static final Map<String, String> HTTP_LIMITS = Map.of(
            "sun.net.httpserver.maxReqTime", "30",
            "sun.net.httpserver.maxRspTime", "60",
            "sun.net.httpserver.idleInterval", "120",
            "sun.net.httpserver.maxIdleConnections", "2000",
            "sun.net.httpserver.nodelay", "true",
            "jdk.httpserver.maxConnections", "4000");

    static {
        HTTP_LIMITS.forEach((name, value) -> System.setProperty(name, System.getProperty(name, value)));
    }

    private final DynamoDb dynamoDb;
    private final SignatureV4 signatures;
    private final CrossSiteCheck crossSite;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("local-dynamodb-", 0).factory());

    private DynamoDbServer(DynamoDb dynamoDb, SignatureV4 signatures, CrossSiteCheck crossSite, HttpServer server) {
        this.dynamoDb = dynamoDb;
        this.signatures = signatures;
        this.crossSite = crossSite;
        this.server = server;
    }

    /**
     * Opens the tables and starts the server.
     *
     * @param port the port to listen on; 0 for a free one
     * @throws IOException if the data directory cannot be used or the port is in use
     */
    public static DynamoDbServer start(
            String host, int port, DynamoDbSettings settings, String accessKey, String secretKey) throws IOException {
        return start(host, port, settings, accessKey, secretKey, DynamoDb.Hooks.none());
    }

    static DynamoDbServer start(
            String host, int port, DynamoDbSettings settings, String accessKey, String secretKey, DynamoDb.Hooks hooks)
            throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(host, port), BACKLOG);
        try {
            var started = new DynamoDbServer(
                    DynamoDb.open(settings, hooks),
                    new SignatureV4(accessKey, secretKey, Clock.systemUTC()),
                    new CrossSiteCheck(Set.of(host)),
                    http);
            http.createContext("/", started::handle);
            http.setExecutor(started.threads);
            http.start();
            return started;
        } catch (IOException | RuntimeException e) {
            http.stop(0);
            throw e;
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        // Not interrupted: that would close the journal under a request that is being answered.
        threads.shutdown();
        try {
            if (!threads.awaitTermination(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS)) {
                log.warn("Requests to DynamoDB were still in progress after {}; closing the connections", LONGEST_STOP);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        dynamoDb.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status = OK;
            byte[] answer;
            try {
                answer = Json.bytes(answer(exchange));
            } catch (ServiceException e) {
                status = e.status();
                answer = Json.bytes(e.body());
            } catch (RuntimeException | StackOverflowError e) {
                log.error("Unexpected error in a request to DynamoDB ({})", target(exchange), e);
                var error = ServiceException.internal("Internal error in local-aws; its log has the details.");
                status = error.status();
                answer = Json.bytes(error.body());
            }
            send(exchange, status, answer);
        }
    }

    private ObjectNode answer(HttpExchange exchange) throws IOException {
        byte[] body = body(exchange);
        refuseWebPages(exchange.getRequestHeaders());
        String method = exchange.getRequestMethod();
        String target = target(exchange);
        if (!method.equals("POST") || !target.startsWith(TARGET)) {
            throw ServiceException.unknownOperation("A request to DynamoDB is a POST with an X-Amz-Target header that "
                    + "begins with " + TARGET + "; this is a " + method + " with '" + target + "'.");
        }
        signatures.verify(method, exchange.getRequestURI(), exchange.getRequestHeaders(), body);
        return dynamoDb.call(target.substring(TARGET.length()), Json.parse(body));
    }

    private void refuseWebPages(Headers headers) {
        String host = headers.getFirst("Host");
        crossSite
                .refuseHost(host)
                .or(() -> crossSite.refuseOrigin(host, headers.getFirst("Origin"), headers.getFirst("Sec-Fetch-Site")))
                .ifPresent(reason -> {
                    throw ServiceException.forbidden(reason);
                });
    }

    private static String target(HttpExchange exchange) {
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        return target == null ? "" : target;
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            byte[] body = in.readNBytes(MAX_BODY + 1);
            if (body.length > MAX_BODY) {
                // Reads the rest of the request, because a client that is still sending would not receive the response.
                in.skip(MAX_BODY);
                throw ServiceException.tooLarge("Request size exceeded " + MAX_BODY + " bytes");
            }
            return body;
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        var crc = new CRC32();
        crc.update(body);
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/x-amz-json-1.0");
        // The id need not be secure, and UUID.randomUUID() would take 5 percent of a request's time.
        var random = ThreadLocalRandom.current();
        headers.set("x-amzn-RequestId", new UUID(random.nextLong(), random.nextLong()).toString());
        headers.set("x-amz-crc32", Long.toString(crc.getValue()));
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
