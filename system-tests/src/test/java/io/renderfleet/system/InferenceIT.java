package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.fakellm.Behaviour;
import io.renderfleet.fakellm.Behaviour.Kind;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.standalone.FakeModels;
import io.renderfleet.standalone.FleetPorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Inference jobs on real services, with a model server that enforces quotas and fails on demand. */
class InferenceIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String WESTERN_MODEL = "assessment-west";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static FakeModels models;
    private static RunningFleet fleet;

    @BeforeAll
    static void start() {
        models = FakeModels.start(FleetPorts.free());
        fleet = RunningFleet.withInference(models, onlyInTheWest());
    }

    /** A second pool, whose keys are for one region. */
    private static Map<String, String> onlyInTheWest() {
        String pool = "renderfleet.inference.pools.west.";
        return Map.of(
                pool + "base-url", models.server().url() + "/v1",
                pool + "models." + WESTERN_MODEL, "fake-vl",
                pool + "regions", "us-west-2",
                pool + "domains.account-1.concurrency", "5",
                pool + "keys[0].id", "west-1",
                pool + "keys[0].domain", "account-1",
                pool + "keys[0].secret", models.settings().get("renderfleet.inference.pools.fake.keys[0].secret"));
    }

    @AfterAll
    static void stop() {
        fleet.close();
        models.close();
    }

    @BeforeEach
    void allKeysWork() {
        everyKey(Behaviour.OK);
    }

    private static void everyKey(Behaviour behaviour) {
        IntStream.rangeClosed(1, FakeModels.KEYS)
                .forEach(i -> models.server().setKeyBehaviour(FakeModels.secret(i), behaviour));
    }

    private static String question(int tasks) {
        StringBuilder body = new StringBuilder("{\"type\": \"inference\", \"userId\": \"asker\", \"model\": \""
                + FakeModels.MODEL + "\", \"tasks\": [");
        for (int i = 1; i <= tasks; i++) {
            body.append(i == 1 ? "" : ",")
                    .append("{\"messages\": [{\"role\": \"user\", \"content\": \"How risky is group " + i + "?\"}]}");
        }
        return body.append("]}").toString();
    }

    private static String event(String camera, Instant time) {
        return """
                {"cameraId": "%s", "timestamp": "%s",
                 "trafficGroups": [{"groupId": "g-1", "type": "cars"}, {"groupId": "g-2", "type": "a bicycle"}]}""".formatted(camera, time);
    }

    private static JsonNode result(JobId id) throws Exception {
        HttpResponse<String> answer = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()
                .send(
                        HttpRequest.newBuilder(fleet.api().resolve("/jobs/" + id + "/result"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    @Test
    void anEventIsPushedWithItsAnswersAndARepeatedEventIsTheSameJob() throws Exception {
        Queue<String> pushed = new ConcurrentLinkedQueue<>();
        HttpClient http = HttpClient.newHttpClient();
        try {
            HttpResponse<InputStream> stream = http.send(
                    HttpRequest.newBuilder(fleet.api().resolve("/events/stream?cameraId=camera-1"))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(stream.statusCode()).isEqualTo(200);
            Thread.ofVirtual().start(() -> {
                try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
                    lines.lines().forEach(pushed::add);
                } catch (IOException | UncheckedIOException e) {
                    // The test closes the stream.
                }
            });
            Instant now = Instant.now();
            JobId id = fleet.accepted(fleet.post("/events", event("camera-1", now)));
            fleet.accepted(fleet.post("/events", event("camera-2", now)));
            await().atMost(PATIENCE)
                    .until(() ->
                            pushed.stream().anyMatch(line -> line.startsWith("data:") && line.contains(id.toString())));

            JsonNode data = JSON.readTree(pushed.stream()
                    .filter(line -> line.startsWith("data:"))
                    .findFirst()
                    .orElseThrow()
                    .substring("data:".length()));
            assertThat(data.path("source").path("cameraId").asText()).isEqualTo("camera-1");
            assertThat(data.path("result").path("partial").asBoolean(true)).isFalse();
            assertThat(data.path("result").path("tasks").findValuesAsText("taskId"))
                    .containsExactly("g-1", "g-2");
            assertThat(pushed).noneMatch(line -> line.contains("camera-2"));

            // A repeat has the same answer.
            HttpResponse<String> again = fleet.post("/events", event("camera-1", now));
            assertThat(fleet.accepted(again)).isEqualTo(id);
            assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
        } finally {
            // Not close(), which waits for the end of the stream.
            http.shutdownNow();
        }
    }

    @Test
    void jobsWaitUnchargedWhileAllKeysCoolDownAndCompleteAfterwards() throws Exception {
        everyKey(Behaviour.of(Kind.RATE_LIMITED)
                .withRetryAfter(Duration.ofSeconds(10))
                .forTime(Duration.ofSeconds(8)));
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            jobs.add(fleet.accepted(fleet.post("/jobs", question(1))));
        }
        fleet.awaitOver(jobs);
        for (JobId id : jobs) {
            Job job = fleet.job(id);
            assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(job.chargedAttempts()).isZero();
        }
        assertThat(fleet.get("/admin/dead-letters?pool=inference").toString())
                .doesNotContain(jobs.getFirst().toString());
    }

    @Test
    void aDeadKeyFailsNothing() throws Exception {
        models.server().setKeyBehaviour(FakeModels.secret(1), Behaviour.of(Kind.UNAUTHORIZED));
        models.server().setKeyBehaviour(FakeModels.secret(2), Behaviour.of(Kind.QUOTA_EXHAUSTED));
        JobId id = fleet.accepted(fleet.post("/jobs", question(64)));
        fleet.awaitOver(List.of(id));
        assertThat(result(id).path("partial").asBoolean(true)).isFalse();
        assertThat(fleet.get("/admin/keys").toString()).doesNotContain("sk-fake");
    }

    @Test
    void aCancelledJobEndsItsCalls() throws Exception {
        everyKey(Behaviour.of(Kind.HANG));
        JobId id = fleet.accepted(fleet.post("/jobs", question(4)));
        await().atMost(PATIENCE).until(() -> callsInProgress() == 4);
        fleet.post("/jobs/" + id + "/cancel", "");
        fleet.awaitOver(List.of(id));
        assertThat(fleet.job(id).status()).isEqualTo(JobStatus.CANCELLED);
        await().atMost(Duration.ofSeconds(20)).until(() -> callsInProgress() == 0);
    }

    @Test
    void onlyRegionsWithKeysForTheModelGetItsJobs() throws Exception {
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            jobs.add(fleet.accepted(
                    fleet.post("/jobs", question(1).replace(FakeModels.MODEL + "\"", WESTERN_MODEL + "\""))));
        }
        fleet.awaitOver(jobs);
        for (JobId id : jobs) {
            assertThat(fleet.job(id).status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(fleet.get("/jobs/" + id).path("region").asText()).isEqualTo("us-west-2");
        }
        HttpResponse<String> elsewhere = fleet.post(
                "/jobs",
                question(1)
                        .replace(FakeModels.MODEL + "\"", WESTERN_MODEL + "\"")
                        .replace("\"tasks\"", "\"regions\": [\"us-east-1\"], \"tasks\""));
        assertThat(elsewhere.statusCode()).isEqualTo(400);
        assertThat(elsewhere.body()).contains("must have one of the regions that can run this job: us-west-2");
    }

    private static String line(int number) {
        String id = "id-" + number;
        String question = "How risky is group " + number + "?";
        String format =
                ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"risk\", \"schema\":"
                        + " {\"type\": \"object\", \"required\": [\"why\"], \"properties\": {\"why\": {\"type\": \"string\"}}}}}";
        // The answer to every hundredth line is cut.
        String more = number % 100 == 0 ? ", \"max_completion_tokens\": 1" + format : number % 2 == 0 ? format : "";
        return """
                {"custom_id": "%s", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "%s", "messages": [{"role": "user", "content": "%s"}]%s}}
                """.formatted(id, FakeModels.MODEL, question, more);
    }

    private static HttpResponse<String> postBatch(String lines) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(fleet.api().resolve("/batches?userId=batcher"))
                                .header("Content-Type", "application/jsonl")
                                .POST(HttpRequest.BodyPublishers.ofString(lines))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static String statusOf(String batch) throws Exception {
        return fleet.get(batch).path("status").asText();
    }

    private static List<JsonNode> lines(String path) throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : new String(fleet.downloadFrom(path), StandardCharsets.UTF_8)
                .lines()
                .toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    @Test
    void aBatchOf300LinesHasItsAnswersAndErrorsInTheOrderOfItsLines() throws Exception {
        HttpResponse<String> accepted = postBatch(
                IntStream.rangeClosed(1, 300).mapToObj(InferenceIT::line).collect(Collectors.joining()));
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String batch = accepted.headers().firstValue("Location").orElseThrow();
        await().atMost(PATIENCE).until(() -> statusOf(batch).equals("completed"));

        JsonNode counts = fleet.get(batch).path("counts");
        assertThat(counts.path("total").asInt()).isEqualTo(300);
        assertThat(counts.path("completed").asInt()).isEqualTo(297);
        assertThat(counts.path("failed").asInt()).isEqualTo(3);
        List<JsonNode> output = lines(batch + "/output");
        assertThat(output)
                .extracting(line -> line.path("custom_id").asText())
                .isEqualTo(IntStream.rangeClosed(1, 300)
                        .filter(number -> number % 100 != 0)
                        .mapToObj(number -> "id-" + number)
                        .toList());
        assertThat(output).allSatisfy(line -> {
            assertThat(line.at("/response/status_code").asInt()).isEqualTo(200);
            assertThat(line.at("/response/body/choices/0/message/content").isTextual())
                    .isTrue();
            assertThat(line.at("/response/body/usage/total_tokens").asInt()).isPositive();
            assertThat(line.path("error").isNull()).isTrue();
        });
        assertThat(JSON.readTree(output.get(1)
                                .at("/response/body/choices/0/message/content")
                                .asText())
                        .isObject())
                .as("an answer by a schema is JSON")
                .isTrue();
        assertThat(lines(batch + "/errors"))
                .extracting(
                        line -> line.path("custom_id").asText(),
                        line -> line.at("/error/code").asText())
                .containsExactly(
                        tuple("id-100", "answer-cut"), tuple("id-200", "answer-cut"), tuple("id-300", "answer-cut"));
    }

    @Test
    void aBatchThatIsCancelledWhileItsTasksRunEndsTheirCalls() throws Exception {
        everyKey(Behaviour.of(Kind.HANG));
        HttpResponse<String> accepted = postBatch(
                IntStream.rangeClosed(1, 130).mapToObj(InferenceIT::line).collect(Collectors.joining()));
        String batch = accepted.headers().firstValue("Location").orElseThrow();
        await().atMost(PATIENCE).until(() -> callsInProgress() > 0);
        fleet.post(batch + "/cancel", "");
        await().atMost(PATIENCE).until(() -> statusOf(batch).equals("cancelled"));
        await().atMost(Duration.ofSeconds(20)).until(() -> callsInProgress() == 0);

        assertThat(lines(batch + "/output")).isEmpty();
        assertThat(lines(batch + "/errors"))
                .hasSize(130)
                .allSatisfy(line -> assertThat(line.at("/error/code").asText()).isEqualTo("cancelled"));
    }

    private static int callsInProgress() {
        return models.server().statistics().domains().values().stream()
                .mapToInt(domain -> domain.inProgress())
                .sum();
    }
}
