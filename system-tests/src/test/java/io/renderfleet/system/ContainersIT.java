package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.command.InspectContainerResponse;
import io.renderfleet.client.ClientCredentials;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.DockerComposeContainer;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.lifecycle.Startable;
import org.testcontainers.utility.LogUtils;

/** The images and {@code docker-compose.yml}, by an engine of this machine: without one there is nothing to test. */
@Testcontainers(disabledWithoutDocker = true)
class ContainersIT {
    private static final Duration BUILD = Duration.ofMinutes(20);
    private static final Duration READY = Duration.ofMinutes(3);
    private static final Duration JOB = Duration.ofMinutes(3);
    private static final String PROJECT = "renderfleet-it";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private static Startable fleet;
    private static String token;
    private static URI api;

    @BeforeAll
    static void start() throws Exception {
        int apiPort = freePort();
        int issuerPort = freePort();
        Map<String, String> environment = Map.of(
                "API_PORT",
                String.valueOf(apiPort),
                "ISSUER_PORT",
                String.valueOf(issuerPort),
                "S3_PORT",
                String.valueOf(freePort()),
                "WORKER_LEASE",
                "6s",
                "COMMIT",
                "0123456789ab");
        api = URI.create("http://localhost:" + apiPort);
        List<File> files = List.of(new File("../docker-compose.yml"), new File("src/test/resources/containers.yml"));
        String[] services = {
            "local-aws",
            "issuer",
            "fake-llm",
            "api",
            "distributor",
            "worker-us-east-1",
            "worker-us-west-2",
            "worker-us-west-1",
            "worker-inference-us-east-1",
            "worker-inference-us-west-2",
            "worker-inference-us-west-1",
            "bridge"
        };
        // Testcontainers has a class for each version of Compose.
        fleet = hasComposePlugin()
                ? new ComposeContainer(PROJECT, files)
                        .withLocalCompose(true)
                        .withPull(false)
                        .withBuild(true)
                        .withEnv(environment)
                        .withServices(services)
                        .withStartupTimeout(BUILD)
                : new DockerComposeContainer<>(PROJECT, files)
                        .withLocalCompose(true)
                        .withPull(false)
                        .withBuild(true)
                        .withEnv(environment)
                        .withServices(services)
                        .withStartupTimeout(BUILD);
        fleet.start();
        token = new ClientCredentials(
                        URI.create("http://localhost:" + issuerPort + "/oauth2/token"),
                        "operations",
                        "operations",
                        null)
                .get();
        await().atMost(READY).ignoreExceptions().until(() -> get("/designs").statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        if (fleet != null) {
            fleet.stop();
        }
    }

    @Test
    void aJobsPictureIsThereForWhoHoldsItsLink() throws Exception {
        JsonNode job = awaitCompleted(submit(64, 36, 1));

        HttpResponse<byte[]> picture = HTTP.send(
                HttpRequest.newBuilder(URI.create(job.path("resultUrl").asText()))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofByteArray());
        assertThat(picture.statusCode()).isEqualTo(200);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture.body()));
        assertThat(image.getWidth()).isEqualTo(64);
        assertThat(image.getHeight()).isEqualTo(36);
    }

    @Test
    void aJobWhoseWorkerIsKilledFinishesElsewhere() throws Exception {
        String id = submit(640, 360, 32);
        await().atMost(JOB).until(() -> job(id).path("progress").asInt() > 0);
        String region = job(id).path("region").asText();
        DockerClientFactory.lazyClient()
                .killContainerCmd(container("worker-" + region))
                .exec();
        // What the person on call does with a region that has no workers any more.
        HttpResponse<String> drained = post("/admin/regions/" + region + "/drain", "");
        assertThat(drained.statusCode()).as(drained.body()).isEqualTo(200);

        JsonNode job = awaitCompleted(id);

        assertThat(job.path("region").asText()).isNotEqualTo(region);
        assertThat(job.path("attempts")).hasSize(2);
        assertThat(job.at("/attempts/0/region").asText()).isEqualTo(region);
        assertThat(job.at("/attempts/0/outcome").asText()).isEqualTo("INTERRUPTED");
    }

    @Test
    void anEventIsAnsweredByTheModelServer() throws Exception {
        HttpResponse<String> accepted = post("/events", """
                {"cameraId": "camera-17", "timestamp": "%s",
                 "trafficGroups": [{"groupId": "g-1", "type": "cars on a cycle path"}]}""".formatted(Instant.now()));
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);

        JsonNode job =
                awaitCompleted(JSON.readTree(accepted.body()).path("jobId").asText());

        HttpResponse<String> result = HTTP.send(
                HttpRequest.newBuilder(URI.create(job.path("resultUrl").asText()))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofString());
        assertThat(result.statusCode()).as(result.body()).isEqualTo(200);
        JsonNode task = JSON.readTree(result.body()).at("/tasks/0");
        assertThat(task.path("taskId").asText()).as(result.body()).isEqualTo("g-1");
        assertThat(task.at("/output/riskLevel").asText()).as(result.body()).isIn("low", "medium", "high");
    }

    /** The broker is not started here, as for a user who starts the bridge first. */
    @Test
    void theBridgeSaysOnceThatKafkaDoesNotRespondAndWaits() {
        String id = container("bridge");
        await().atMost(READY)
                .until(() -> log(id).contains("Kafka does not respond")
                        && "healthy".equals(inspect(id).getState().getHealth().getStatus()));

        assertThat(log(id).lines().filter(line -> line.matches(".*[kK]afka:9092.*\"level\":\"(WARN|ERROR)\".*")))
                .singleElement()
                .asString()
                .contains("Kafka does not respond at kafka:9092", "Check renderfleet.kafka.bootstrap-servers");
        assertThat(inspect(id).getRestartCount()).isZero();
    }

    @Test
    void containersHaveNoRightsTheyDoNotNeed() {
        for (String service : List.of(
                "local-aws",
                "issuer",
                "fake-llm",
                "api",
                "distributor",
                "worker-us-west-2",
                "worker-inference-us-west-2",
                "bridge")) {
            var inspected = inspect(container(service));
            assertThat(inspected.getConfig().getUser()).isEqualTo("10001:10001");
            assertThat(inspected.getHostConfig().getReadonlyRootfs()).isTrue();
            assertThat(inspected.getHostConfig().getCapDrop()).hasSize(1);
            assertThat(inspected.getHostConfig().getMemory()).isPositive();
            assertThat(inspected.getConfig().getLabels())
                    .containsEntry("org.opencontainers.image.version", "0.1.0-SNAPSHOT")
                    .containsEntry("org.opencontainers.image.revision", "0123456789ab");
        }
    }

    private static String submit(int width, int height, int samples) throws IOException, InterruptedException {
        HttpResponse<String> response = post("/jobs", """
                {"designId": "furnished-room", "userId": "containers",
                 "camera": {"position": {"x": 2, "y": 1.6, "z": 2.6}, "target": {"x": 0, "y": 1, "z": 0}, "fov": 60},
                 "output": {"width": %d, "height": %d, "samplesPerPixel": %d}}""".formatted(width, height, samples));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return JSON.readTree(response.body()).path("jobId").asText();
    }

    private static JsonNode awaitCompleted(String id) throws IOException, InterruptedException {
        await().atMost(JOB)
                .until(() -> List.of("COMPLETED", "FAILED", "CANCELLED")
                        .contains(job(id).path("status").asText()));
        JsonNode job = job(id);
        assertThat(job.path("status").asText()).as(job.toPrettyString()).isEqualTo("COMPLETED");
        return job;
    }

    private static JsonNode job(String id) throws IOException, InterruptedException {
        return JSON.readTree(get("/jobs/" + id).body());
    }

    private static String container(String service) {
        return DockerClientFactory.lazyClient()
                .listContainersCmd()
                .withLabelFilter(Map.of("com.docker.compose.service", service))
                .exec()
                .stream()
                .filter(container -> container
                        .getLabels()
                        .getOrDefault("com.docker.compose.project", "")
                        .startsWith(PROJECT))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no container of " + service))
                .getId();
    }

    private static InspectContainerResponse inspect(String container) {
        return DockerClientFactory.lazyClient().inspectContainerCmd(container).exec();
    }

    private static String log(String container) {
        return LogUtils.getOutput(DockerClientFactory.lazyClient(), container);
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(request(path).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return HTTP.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(api.resolve(path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + token);
    }

    private static boolean hasComposePlugin() throws IOException, InterruptedException {
        return new ProcessBuilder("docker", "compose", "version")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
