package io.renderfleet.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.yaml.snakeyaml.Yaml;

/**
 * A Prometheus that has the configuration and the rules of {@code deploy/prometheus}, but scrapes the services of a test every
 * second. It is the program {@code prometheus} of the {@code PATH}.
 */
final class Prometheus implements AutoCloseable {
    private static final Path DEPLOYED = Path.of("../deploy/prometheus").toAbsolutePath();
    private static final Duration START = Duration.ofMinutes(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long STOP_SECONDS = 10;

    private final Process process;
    private final URI address;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    private Prometheus(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts Prometheus, and returns when it answers.
     *
     * @param directory an empty directory for its files
     * @param targets the addresses of each scrape job, such as {@code 127.0.0.1:9080}; an address of each other job is
     *     removed, except that of Prometheus itself
     */
    static Prometheus start(Path directory, Map<String, List<String>> targets) throws IOException {
        String own = "127.0.0.1:" + freePort();
        Path configuration = directory.resolve("prometheus.yml");
        Files.writeString(configuration, new Yaml().dump(configuration(own, targets)));
        Process process;
        try {
            process = new ProcessBuilder(
                            "prometheus",
                            "--config.file=" + configuration,
                            "--storage.tsdb.path=" + directory.resolve("data"),
                            "--web.listen-address=" + own,
                            "--log.level=warn")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("prometheus.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    "Prometheus is missing; it evaluates the queries of the dashboards. Install it: apt-get install"
                            + " prometheus, or brew install prometheus",
                    e);
        }
        Prometheus prometheus = new Prometheus(process, URI.create("http://" + own));
        try {
            Awaitility.await().atMost(START).until(prometheus::isReady);
        } catch (RuntimeException e) {
            prometheus.close();
            throw new IllegalStateException(
                    "Prometheus did not start: " + Files.readString(directory.resolve("prometheus.log")), e);
        }
        return prometheus;
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static Map<String, Object> configuration(String own, Map<String, List<String>> targets) throws IOException {
        Map<String, Object> configuration = new Yaml().load(Files.readString(DEPLOYED.resolve("prometheus.yml")));
        configuration.put(
                "global", Map.of("scrape_interval", "1s", "scrape_timeout", "1s", "evaluation_interval", "1s"));
        configuration.put("rule_files", List.of(DEPLOYED + "/rules/*.yml"));
        Map<String, List<String>> all = new LinkedHashMap<>(targets);
        all.put("prometheus", List.of(own));
        for (Object each : (List<?>) Objects.requireNonNull(configuration.get("scrape_configs"))) {
            @SuppressWarnings("unchecked") // A mapping in YAML has strings as keys.
            Map<String, Object> job = (Map<String, Object>) each;
            job.put(
                    "static_configs",
                    List.of(Map.of("targets", all.getOrDefault(String.valueOf(job.get("job_name")), List.of()))));
        }
        return configuration;
    }

    private boolean isReady() throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new IllegalStateException("It ended with the status " + process.exitValue());
        }
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IOException e) {
            // It does not listen yet.
            return false;
        }
    }

    /** The series that a query has now. */
    JsonNode query(String query) throws IOException, InterruptedException {
        return data("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
                .path("result");
    }

    /** The groups of rules, with the health of each rule. */
    JsonNode ruleGroups() throws IOException, InterruptedException {
        return data("/api/v1/rules").path("groups");
    }

    /** The names of all series that Prometheus has. */
    JsonNode names() throws IOException, InterruptedException {
        return data("/api/v1/label/__name__/values");
    }

    private JsonNode data(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(path);
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + " was answered with " + answer.statusCode() + ": " + answer.body());
        }
        return json.readTree(answer.body()).path("data");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(address.resolve(path)).timeout(TIMEOUT).build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        http.close();
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
