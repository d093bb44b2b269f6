package io.renderfleet.localaws;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local behind a listener of our own, since its own listens on every interface and sends telemetry. It cannot
 * check credentials; one shared database is used whatever they and the region are.
 */
final class DynamoDbServer implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final int THREADS = 32;

    private final LocalDynamoDBRequestHandler engine;
    private final Server server;
    private final ServerConnector connector;
    private final String host;

    DynamoDbServer(String host, int port, Optional<Path> dataDir) {
        this.host = host;
        engine = engine(dataDir);
        var threads = new QueuedThreadPool(THREADS);
        threads.setName("local-dynamodb");
        threads.setDaemon(true);
        server = new Server(threads);
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        server.addConnector(connector);
        server.setHandler(new LocalDynamoDBServerHandler(engine, "*"));
        server.setStopTimeout(STOP_TIMEOUT.toMillis());
    }

    /** Returns when it listens; when it cannot, it is still to be closed. */
    void start() {
        try {
            server.start();
        } catch (Exception e) {
            throw new LocalAwsException("DynamoDB could not start: " + e.getMessage(), e);
        }
    }

    URI endpoint() {
        return Hosts.uri(host, connector.getLocalPort());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new LocalAwsException("DynamoDB did not stop cleanly: " + e.getMessage(), e);
        } finally {
            engine.shutdown();
        }
    }

    private static LocalDynamoDBRequestHandler engine(Optional<Path> dataDir) {
        boolean inMemory = dataDir.isEmpty();
        boolean shared = true;
        try {
            if (dataDir.isPresent()) {
                Files.createDirectories(dataDir.get());
            }
            return new LocalDynamoDBRequestHandler(
                    0, inMemory, dataDir.map(Path::toString).orElse(null), shared, false);
        } catch (IOException | RuntimeException e) {
            throw new LocalAwsException("DynamoDB could not open its database: " + e.getMessage(), e);
        }
    }
}
