package io.renderfleet.worker;

import static io.renderfleet.testing.JobBuilder.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.NewJob;
import io.renderfleet.localaws.samples.SampleDesigns;
import io.renderfleet.queue.JobMessage;
import io.renderfleet.queue.JobQueue;
import io.renderfleet.queue.JobQueue.QueueDepth;
import io.renderfleet.queue.Lane;
import io.renderfleet.region.RegionId;
import io.renderfleet.start.CannotStartException;
import io.renderfleet.telemetry.LoopHealth;
import io.renderfleet.testing.JobBuilder;
import io.renderfleet.worker.protection.FakeAgent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.Status;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole service, as it is deployed, from a message to a stored picture and a stop. */
@ExtendWith(LocalFleet.Extension.class)
class WorkerServiceTests {
    private static final RegionId REGION = new RegionId("us-west-2");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LocalFleet fleet;

    WorkerServiceTests(LocalFleet fleet) {
        this.fleet = fleet;
    }

    private ConfigurableApplicationContext start(Path cache, String... more) {
        return start(cache, fleet.aws().serviceProperties(), more);
    }

    private ConfigurableApplicationContext startWith(Path cache, Map<String, String> other) {
        Map<String, String> properties = new HashMap<>(fleet.aws().serviceProperties());
        properties.putAll(other);
        return start(cache, properties, "--renderfleet.worker.lanes=high,low");
    }

    private static ConfigurableApplicationContext start(Path cache, Map<String, String> properties, String... more) {
        SpringApplication application = WorkerServiceApplication.create();
        application.setRegisterShutdownHook(false);
        List<String> arguments = new ArrayList<>();
        properties.forEach((name, value) -> arguments.add("--" + name + "=" + value));
        arguments.add("--server.port=0");
        arguments.add("--renderfleet.worker.region=" + REGION);
        // Less than the grace: an abandoned poll would take the next test's message.
        arguments.add("--renderfleet.worker.intake.long-poll=1s");
        arguments.add("--renderfleet.worker.grace=5s");
        arguments.add("--renderfleet.render.design-cache=" + cache);
        arguments.addAll(List.of(more));
        return application.run(arguments.toArray(String[]::new));
    }

    private static String get(String uri) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(uri))
                                    .timeout(PATIENCE)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void doesNotStartWhereItsTableAndQueuesAreNot(@TempDir Path cache) {
        assertThatException()
                .isThrownBy(() -> startWith(cache, Map.of("renderfleet.env", "elsewhere")))
                .havingRootCause()
                .isInstanceOf(CannotStartException.class)
                .withMessageContaining("renderfleet-elsewhere-jobs")
                .withMessageContaining("renderfleet-elsewhere-us-west-2-render-high")
                .withMessageContaining("renderfleet-elsewhere-us-west-2-render-low")
                .withMessageContaining("the queue renderfleet-elsewhere-completions")
                .withMessageNotContaining("-normal");
    }

    @Test
    void livenessIsDownWhileALoopIsOverdue(@TempDir Path cache) {
        try (ConfigurableApplicationContext service = start(cache, "--renderfleet.worker.lanes=high,low")) {
            HealthEndpoint health = service.getBean(HealthEndpoint.class);
            LoopHealth loops = service.getBean(LoopHealth.class);
            await().untilAsserted(() -> assertThat(loops.deadlines())
                    .containsOnlyKeys(
                            "cancellations", "drain-watch", "heartbeats", "intake-render", "progress", "time-limits"));
            assertThat(health.healthForPath("liveness").getStatus()).isEqualTo(Status.UP);
            loops.turn("test", Duration.ofSeconds(-1));
            assertThat(health.healthForPath("liveness").getStatus()).isEqualTo(Status.DOWN);
        }
    }

    @Test
    void startsWhileItsQueuesDoNotAnswer(@TempDir Path cache) {
        // Nothing listens there.
        try (ConfigurableApplicationContext service =
                startWith(cache, Map.of("renderfleet.endpoints.sqs", REGION + "=http://127.0.0.1:1"))) {
            assertThat(service.isRunning()).isTrue();
        }
    }

    @Test
    void addsItsRunToTheJobsOwnTrace(@TempDir Path cache) throws Exception {
        JobQueue queue = fleet.emptyQueue(REGION, Lane.HIGH);
        JobStore jobs = fleet.jobs(Clock.systemUTC());
        String design = fleet.storeDesign(SampleDesigns.named("tiny-cube").glb());
        NewJob job = aJob().render("traced", design, 16, 16, 1).build();
        Queue<byte[]> sent = new ConcurrentLinkedQueue<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            sent.add(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try {
            ConfigurableApplicationContext service = start(
                    cache,
                    "--renderfleet.worker.lanes=high",
                    "--management.tracing.sampling.probability=1",
                    "--management.otlp.tracing.endpoint=http://127.0.0.1:"
                            + collector.getAddress().getPort() + "/v1/traces");
            try (service) {
                jobs.submit(job);
                jobs.route(job.id(), 0, REGION);
                queue.sendAll(List.of(
                        new JobMessage(job.id(), job.userId(), JobBuilder.POOL, Lane.HIGH, 1, List.of(), null)));
                await().atMost(PATIENCE)
                        .until(() -> jobs.find(job.id()).orElseThrow().status() == JobStatus.COMPLETED);
            }
        } finally {
            collector.stop(0);
        }

        ByteBuffer traceId = ByteBuffer.allocate(16)
                .putLong(job.id().uuid().getMostSignificantBits())
                .putLong(job.id().uuid().getLeastSignificantBits());
        // Protobuf has the id's bytes as they are; in this encoding each byte is a character.
        assertThat(sent)
                .extracting(body -> new String(body, StandardCharsets.ISO_8859_1))
                .anySatisfy(body -> assertThat(body)
                        .contains(new String(traceId.array(), StandardCharsets.ISO_8859_1))
                        .contains("worker-service")
                        .contains("run"));
    }

    @Test
    void rendersQueuedJobsReportsThemAndLeavesNoMessages(@TempDir Path cache) throws Exception {
        JobQueue queue = fleet.emptyQueue(REGION, Lane.NORMAL);
        JobStore jobs = fleet.jobs(Clock.systemUTC());
        String broken = fleet.storeDesign(new byte[] {1, 2, 3});
        String good = fleet.storeDesign(SampleDesigns.named("tiny-cube").glb());
        List<NewJob> submitted = List.of(
                aJob().render("broken", broken, 16, 16, 1).build(),
                aJob().render("good", good, 16, 16, 1).build());
        for (NewJob job : submitted) {
            jobs.submit(job);
            jobs.route(job.id(), 0, REGION);
            queue.sendAll(
                    List.of(new JobMessage(job.id(), job.userId(), JobBuilder.POOL, Lane.NORMAL, 1, List.of(), null)));
        }

        try (ConfigurableApplicationContext service = start(cache)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(submitted)
                            .extracting(job -> jobs.find(job.id()).orElseThrow().status())
                            .containsExactly(JobStatus.FAILED, JobStatus.COMPLETED));
            String base = "http://127.0.0.1:" + service.getEnvironment().getRequiredProperty("local.server.port");
            assertThat(get(base + "/actuator/health/readiness")).contains("UP");
            assertThat(get(base + "/actuator/prometheus"))
                    .contains("renderfleet_worker_attempts_total")
                    .contains("renderfleet_worker_slots{")
                    .contains("renderfleet_worker_slots_busy");
        }
        // Acknowledgements that were still being gathered when it was told to stop have been sent.
        assertThat(queue.depth()).isEqualTo(new QueueDepth(0, 0, 0));
        assertThat(jobs.find(submitted.getFirst().id()).orElseThrow().error())
                .isNotNull()
                .satisfies(error -> assertThat(error.message()).isNotBlank());
    }

    @Test
    void protectsItsTaskWhileItWorksAndTakesNothingWhileItMayNot(@TempDir Path cache) throws Exception {
        JobQueue queue = fleet.emptyQueue(REGION, Lane.LOW);
        JobStore jobs = fleet.jobs(Clock.systemUTC());
        String design = fleet.storeDesign(SampleDesigns.named("tiny-cube").glb());
        NewJob job = aJob().render("good", design, 16, 16, 1).build();
        jobs.submit(job);
        jobs.route(job.id(), 0, REGION);

        try (FakeAgent agent = new FakeAgent()) {
            agent.is(FakeAgent.Mood.BLOCKING);
            try (ConfigurableApplicationContext service = start(
                    cache,
                    "--renderfleet.worker.lanes=low",
                    "--ECS_AGENT_URI=" + agent.uri(),
                    "--renderfleet.worker.protection.blocked-pause=1s",
                    "--renderfleet.worker.protection.idle=1s")) {
                assertThat(service.isRunning()).isTrue();
                assertThat(agent.requests()).isEmpty();
                queue.sendAll(
                        List.of(new JobMessage(job.id(), job.userId(), JobBuilder.POOL, Lane.LOW, 1, List.of(), null)));
                await().atMost(PATIENCE).until(() -> agent.requests().size() >= 2);
                assertThat(jobs.find(job.id()).orElseThrow().attempt()).isZero();

                agent.is(FakeAgent.Mood.WELL);
                await().atMost(PATIENCE)
                        .until(() -> jobs.find(job.id()).orElseThrow().status() == JobStatus.COMPLETED);
                await().atMost(PATIENCE).until(() -> agent.requests().getLast().contains("false"));
            }
        }
    }
}
