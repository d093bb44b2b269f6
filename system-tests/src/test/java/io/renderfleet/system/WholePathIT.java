package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.standalone.FakeModels;
import io.renderfleet.standalone.FleetPorts;
import io.renderfleet.telemetry.FleetMetric;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WholePathIT {
    /** A counter that is made when it first counts. */
    private static final String ONLY_IN_TROUBLE =
            FleetMetric.DISTRIBUTOR_RECOVERED.metricName().replace('.', '_') + "_total";

    private static FakeModels models;
    private static RunningFleet fleet;

    @BeforeAll
    static void start() {
        models = FakeModels.start(FleetPorts.free());
        fleet = RunningFleet.withInference(models, Map.of("renderfleet.distributor.recovery.letters", "1s"));
    }

    @AfterAll
    static void stop() {
        fleet.close();
        models.close();
    }

    @Test
    void rendersTwoHundredJobsSubmittedAtOnceOverThreeRegions() throws Exception {
        List<JobId> jobs;
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<JobId>> submissions = IntStream.range(0, 200)
                    .<Callable<JobId>>mapToObj(
                            i -> () -> fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("crowd"))))
                    .toList();
            jobs = clients.invokeAll(submissions).stream()
                    .map(Future::resultNow)
                    .toList();
        }
        assertThat(Set.copyOf(jobs)).hasSize(200);
        fleet.awaitOver(jobs);

        assertThat(jobs).allSatisfy(id -> {
            Job job = fleet.job(id);
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.attempts()).hasSize(1);
        });
        assertThat(jobs.stream().map(id -> fleet.job(id).region()).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(RunningFleet.EAST, RunningFleet.WEST_1, RunningFleet.WEST_2);
        for (JobId id : jobs) {
            JsonNode view = fleet.get("/jobs/" + id);
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(
                    fleet.download(view.path("resultUrl").asText())));
            assertThat(picture.getWidth()).isEqualTo(32);
            assertThat(picture.getHeight()).isEqualTo(16);
        }
    }

    @Test
    void answersARepeatedSubmissionWithTheSameJob() throws Exception {
        String body = RunningFleet.tinyRequest("repeater");
        HttpResponse<String> first = fleet.post("/jobs", body, "Idempotency-Key", "order-4711");
        fleet.awaitOver(List.of(fleet.accepted(first)));
        HttpResponse<String> second = fleet.post("/jobs", body, "Idempotency-Key", "order-4711");

        assertThat(fleet.accepted(second)).isEqualTo(fleet.accepted(first));
        assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(fleet.storedResults(fleet.accepted(first))).isEqualTo(1);
        assertThat(fleet.post(
                                "/jobs",
                                RunningFleet.tinyRequest("repeater").replace("\"fov\": 40", "\"fov\": 41"),
                                "Idempotency-Key",
                                "order-4711")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void refusesABadDesignWithItsReasonAndContinues() throws Exception {
        HttpResponse<String> refused =
                fleet.putDesign("broken", "glTF, but not really".getBytes(StandardCharsets.UTF_8));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("urn:renderfleet:problem:design:");

        JobId next = fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("next")));
        fleet.awaitOver(List.of(next));
        assertThat(fleet.job(next).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void listsAUsersOwnJobs() throws Exception {
        JobId id = fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("lister")));
        fleet.awaitOver(List.of(id));
        JsonNode items = fleet.get("/jobs?userId=lister").path("items");
        assertThat(items).hasSize(1);
        assertThat(items.path(0).path("jobId").asText()).isEqualTo(id.toString());
    }

    @Test
    void exportsWhatAlertsAndDashboardsAskFor() throws Exception {
        fleet.awaitOver(List.of(
                fleet.accepted(fleet.post("/jobs", RunningFleet.tinyRequest("measured"))),
                fleet.accepted(fleet.post("/jobs", """
                        {"type": "inference", "userId": "measured", "model": "assessment",
                         "messages": [{"role": "user", "content": "Is it a risk?"}]}"""))));
        List<String> asked;
        try (Stream<String> lines = Files.lines(Path.of("../deploy/prometheus/metrics.txt"))) {
            asked = lines.filter(line -> !line.startsWith("#")).toList();
        }
        assertThat(asked).isNotEmpty();
        // A depth is exported from its first reading on.
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(fleet.exported())
                        .containsAll(asked.stream()
                                .filter(name -> !ONLY_IN_TROUBLE.equals(name))
                                .toList()));
    }
}
