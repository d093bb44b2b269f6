package io.renderfleet.bridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.springframework.context.ConfigurableApplicationContext;

/** Asks a bridge as a load balancer does; the answer is the HTTP status. */
final class Readiness {
    private Readiness() {}

    static int of(ConfigurableApplicationContext bridge) {
        return status(bridge, "readiness");
    }

    static int liveness(ConfigurableApplicationContext bridge) {
        return status(bridge, "liveness");
    }

    private static int status(ConfigurableApplicationContext bridge, String group) {
        String port = bridge.getEnvironment().getRequiredProperty("local.server.port");
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health/" + group))
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            BodyHandlers.ofString())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
