package io.renderfleet.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The API as any client sees it: JSON over HTTP. */
final class ApiClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    private final URI api;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final ObjectMapper json = new ObjectMapper();

    ApiClient(URI api) {
        this.api = api;
    }

    /** Waits until the API answers; {@link IOException} when it does not in this time. */
    void awaitReady(Duration time) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(time);
        HttpRequest request =
                HttpRequest.newBuilder(api.resolve("/designs")).timeout(TIMEOUT).build();
        while (true) {
            try {
                require(http.send(request, BodyHandlers.ofString()), 200);
                return;
            } catch (IOException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw new IOException(
                            "The API at " + api + " does not answer after " + time.toSeconds() + " s: " + e, e);
                }
                TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES.toMillis());
            }
        }
    }

    /** Posts a job and returns its id; {@link IOException} with the API's own words when it is refused. */
    String submit(Object request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(api.resolve("/jobs"))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(request)))
                        .build(),
                BodyHandlers.ofString());
        return require(response, 202).path("jobId").asText();
    }

    JsonNode job(String jobId) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(api.resolve("/jobs/" + jobId))
                .timeout(TIMEOUT)
                .build();
        return require(http.send(request, BodyHandlers.ofString()), 200);
    }

    /** Downloads what a result's link points at. */
    void download(URI link, Path file) throws IOException, InterruptedException {
        HttpResponse<Path> response =
                http.send(HttpRequest.newBuilder(link).timeout(TIMEOUT).build(), BodyHandlers.ofFile(file));
        if (response.statusCode() != 200) {
            throw new IOException("GET " + link + " answered " + response.statusCode());
        }
    }

    private JsonNode require(HttpResponse<String> response, int status) throws IOException {
        if (response.statusCode() != status) {
            throw new IOException(response.request().method() + " " + response.uri() + " answered "
                    + response.statusCode() + ": " + response.body());
        }
        return json.readTree(response.body());
    }
}
