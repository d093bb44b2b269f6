package io.renderfleet.jobtype.render.design;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.renderfleet.identity.Library;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Uploads by a client whose every attempt has 5 s, as the services configure it. */
class DesignUploadTests {
    private static final Duration ATTEMPT = Duration.ofSeconds(5);

    private final List<Duration> limits = new ArrayList<>();
    private HttpServer server;
    private S3Client s3;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(200, -1);
            }
        });
        server.start();
        s3 = S3Client.builder()
                .endpointOverride(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .overrideConfiguration(override -> override.apiCallAttemptTimeout(ATTEMPT)
                        .addExecutionInterceptor(new ExecutionInterceptor() {
                            @Override
                            public void beforeExecution(
                                    Context.BeforeExecution context, ExecutionAttributes attributes) {
                                limits.add(context.request()
                                        .overrideConfiguration()
                                        .flatMap(given -> given.apiCallAttemptTimeout())
                                        .orElse(ATTEMPT));
                            }
                        }))
                .build();
    }

    @AfterEach
    void stop() {
        s3.close();
        server.stop(0);
    }

    @Test
    void theUploadOfADesignHasMoreTimeTheLargerItIs(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("large.glb");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(20L << 20);
        }
        new DesignStore(s3, "designs", Clock.systemUTC())
                .store(
                        Library.SHARED,
                        new DesignId("large"),
                        file,
                        "model/gltf-binary",
                        new Design.Contents(1, 1, 1, 0, 0, 12, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)),
                        null);

        assertThat(limits).containsExactly(Duration.ofSeconds(25), ATTEMPT);
    }
}
