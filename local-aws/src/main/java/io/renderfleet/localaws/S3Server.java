package io.renderfleet.localaws;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * S3Proxy over a directory: the data directory, or a temporary one that is deleted with the server, so that large
 * designs and results do not fill the heap. One server serves all regions. It verifies signatures (version 4) and
 * refuses other credentials with 403.
 */
final class S3Server implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final int THREADS = 64;

    private final String host;
    private final Path directory;
    private final boolean temporary;
    private final S3Proxy server;

    S3Server(LocalAwsOptions options, Optional<Path> dataDir) {
        this.host = options.host();
        temporary = dataDir.isEmpty();
        try {
            directory = temporary
                    ? Files.createTempDirectory("renderfleet-s3-")
                    : Files.createDirectories(dataDir.orElseThrow());
        } catch (IOException e) {
            throw new LocalAwsException("S3 could not create its directory: " + e.getMessage(), e);
        }
        var store = new FilesystemNio2BlobStore(directory.toString());
        server = S3Proxy.builder()
                .blobStore(store)
                .awsAuthentication(AuthenticationType.AWS_V4, options.accessKey(), options.secretKey())
                .endpoint(URI.create("http://" + host + ":" + options.s3Port()))
                .ignoreUnknownHeaders(true)
                .jettyMaxThreads(THREADS)
                .stopTimeout(STOP_TIMEOUT.toMillis())
                .build();
        GuardedS3.install(server, options.crossSiteCheck());
    }

    /** Starts the server and returns when it listens. The server must be closed even if this fails. */
    void start() {
        try {
            server.start();
        } catch (Exception e) {
            throw new LocalAwsException("S3 could not start: " + e.getMessage(), e);
        }
    }

    URI endpoint() {
        return Hosts.uri(host, server.getPort());
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new LocalAwsException("S3 did not stop cleanly: " + e.getMessage(), e);
        } finally {
            if (temporary) {
                delete(directory);
            }
        }
    }

    private static void delete(Path directory) {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(directory)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new LocalAwsException("S3 could not delete its temporary directory " + directory + ".", e);
        }
    }
}
