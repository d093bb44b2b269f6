package io.renderfleet.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.blob.BucketNames;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.localaws.LocalAws;
import io.renderfleet.localaws.LocalAwsOptions;
import io.renderfleet.pool.Pool;
import io.renderfleet.queue.JobQueues;
import io.renderfleet.region.RegionClients;
import io.renderfleet.region.RegionId;
import io.renderfleet.standalone.FakeModels;
import io.renderfleet.standalone.Fleet;
import io.renderfleet.standalone.FleetPorts;
import io.renderfleet.standalone.ServiceLogs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A fleet of its own for one test class, and what a client and an operator would do with it. */
final class RunningFleet implements AutoCloseable {
    static final RegionId EAST = new RegionId("us-east-1");
    static final RegionId WEST_2 = new RegionId("us-west-2");
    static final RegionId WEST_1 = new RegionId("us-west-1");

    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(30);

    private final LocalAws aws;
    private final Map<String, String> settings;
    private final Fleet fleet;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    private RunningFleet(LocalAws aws, Map<String, String> settings, Fleet fleet) {
        this.aws = aws;
        this.settings = settings;
        this.fleet = fleet;
    }

    static RunningFleet start(Map<String, String> settings) {
        return start(LocalAwsOptions.onFreePorts(), settings);
    }

    /** A fleet that runs the jobs of the test-only type too, in a pool of its own with four slots a worker. */
    static RunningFleet withTwoPools(Map<String, String> settings) {
        return start(
                LocalAwsOptions.onFreePorts().withPools(List.of(Pool.of("render=cpu"), Pool.of("echo=io:4"))),
                settings);
    }

    /** A fleet that runs inference jobs too, on a model server. */
    static RunningFleet withInference(FakeModels models) {
        return withInference(models, Map.of());
    }

    /** @param settings further settings of all services */
    static RunningFleet withInference(FakeModels models, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(models.settings());
        all.putAll(settings);
        return start(LocalAwsOptions.onFreePorts().withPools(Fleet.POOLS), all);
    }

    private static RunningFleet start(LocalAwsOptions options, Map<String, String> settings) {
        ServiceLogs.toOnePlace();
        LocalAws aws = LocalAws.start(options);
        aws.putSamples();
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("renderfleet.worker.grace", "0s");
        all.put("renderfleet.distributor.intake.grace", "0s");
        // The first sends of a fleet that has just started are slow on a loaded machine, and no test is about that
        // time.
        all.putIfAbsent("renderfleet.api.master-queue.send-timeout", "20s");
        return new RunningFleet(aws, all, Fleet.start(aws, FleetPorts.free(), all));
    }

    /** Another service beside those of the fleet, on a free port. */
    ConfigurableApplicationContext another(SpringApplication service, Map<String, String> own) {
        Map<String, String> all = new LinkedHashMap<>(aws.serviceProperties());
        all.putAll(settings);
        all.put("server.port", "0");
        all.putAll(own);
        return service.run(all.entrySet().stream()
                .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new));
    }

    Fleet fleet() {
        return fleet;
    }

    JobStore store() {
        return worker().getBean(JobStore.class);
    }

    JobQueues queues() {
        return worker().getBean(JobQueues.class);
    }

    Job job(JobId id) {
        return store().find(id).orElseThrow();
    }

    /** How many results of a job are in the buckets, committed or not. */
    int storedResults(JobId id) {
        RegionClients clients = worker().getBean(RegionClients.class);
        BucketNames buckets = new BucketNames("local", "");
        return aws.endpoints().sqs().keySet().stream()
                .mapToInt(region -> clients.s3(region)
                        .listObjectsV2(request ->
                                request.bucket(buckets.results(region)).prefix("results/" + id + "/"))
                        .keyCount())
                .sum();
    }

    private ConfigurableApplicationContext worker() {
        return fleet.workers().values().iterator().next();
    }

    /** A request for a tiny picture of a tiny design. */
    static String tinyRequest(String user) {
        return """
                {"designId": "tiny-cube", "userId": "%s",
                 "camera": {"position": {"x": 2, "y": 1.6, "z": 2.6}, "target": {"x": 0, "y": 0, "z": 0}, "fov": 40},
                 "output": {"width": 32, "height": 16, "samplesPerPixel": 1}}""".formatted(user);
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(fleet.api().resolve(path))
                .timeout(HTTP_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> putDesign(String id, byte[] content) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(fleet.api().resolve("/designs/" + id))
                        .timeout(HTTP_TIMEOUT)
                        .header("Content-Type", "model/gltf-binary")
                        .PUT(BodyPublishers.ofByteArray(content))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Where the API answers. */
    URI api() {
        return fleet.api();
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(fleet.api().resolve(path))
                        .timeout(HTTP_TIMEOUT)
                        .build(),
                BodyHandlers.ofString());
        return json.readTree(response.body());
    }

    /** The names that the services' metrics have for Prometheus. */
    Set<String> exported() throws IOException, InterruptedException {
        Set<String> names = new HashSet<>();
        for (URI service : fleet.management().values()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(service + "/prometheus"))
                            .timeout(HTTP_TIMEOUT)
                            .build(),
                    BodyHandlers.ofString());
            answer.body()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("[{ ]", 2)[0])
                    .forEach(names::add);
        }
        return names;
    }

    byte[] download(String link) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(link))
                                .timeout(HTTP_TIMEOUT)
                                .build(),
                        BodyHandlers.ofByteArray())
                .body();
    }

    /** What the API redirects to. */
    byte[] downloadFrom(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(fleet.api().resolve(path))
                        .timeout(HTTP_TIMEOUT)
                        .build(),
                BodyHandlers.ofString());
        return download(answer.headers().firstValue("Location").orElseThrow());
    }

    JobId accepted(HttpResponse<String> response) throws IOException {
        if (response.statusCode() != 202) {
            throw new AssertionError("refused with " + response.statusCode() + ": " + response.body());
        }
        return JobId.of(json.readTree(response.body()).path("jobId").asText());
    }

    void awaitOver(Collection<JobId> jobs) {
        Awaitility.await()
                .atMost(DEADLINE)
                .until(() -> jobs.stream().allMatch(id -> job(id).status().isTerminal()));
    }

    @Override
    public void close() {
        fleet.close();
        aws.close();
    }
}
