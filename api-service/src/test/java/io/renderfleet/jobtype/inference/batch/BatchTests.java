package io.renderfleet.jobtype.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.renderfleet.api.ApiTest;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.Priority;
import io.renderfleet.job.UserId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Batches through the whole API and a local AWS, without workers, so that no job ends by itself. */
@ApiTest
class BatchTests {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String user = "user-" + UUID.randomUUID();

    @Autowired
    MockMvcTester http;

    @Autowired
    JobStore jobs;

    static String line(String id, String text) {
        return """
                {"custom_id": "%s", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "assessment", "messages": [{"role": "user", "content": "%s"}]}}
                """.formatted(id, text);
    }

    static String lines(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> line("id-" + i, "Question " + i))
                .collect(Collectors.joining());
    }

    private MvcTestResult post(byte[] body, String... headers) {
        var request = http.post().uri("/batches?userId=" + user).contentType("application/jsonl");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.content(body).exchange();
    }

    private MvcTestResult post(String body, String... headers) {
        return post(body.getBytes(StandardCharsets.UTF_8), headers);
    }

    private MvcTestResult get(String path) {
        return http.get().uri(path).exchange();
    }

    private static JsonNode json(MvcTestResult answer) {
        try {
            return JSON.readTree(answer.getResponse().getContentAsString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String self(MvcTestResult accepted) {
        assertThat(accepted).hasStatus(202);
        return Objects.requireNonNull(accepted.getResponse().getHeader("Location"));
    }

    private JobId job(String self, int number) {
        return BatchId.of(self.substring("/batches/".length())).job(new UserId(user), number);
    }

    private void awaitSubmitted(String self) {
        await().atMost(PATIENCE).until(() -> {
            JsonNode batch = json(get(self)).path("jobs");
            return batch.path("submitted").asInt() == batch.path("total").asInt();
        });
    }

    private void assertRefused(MvcTestResult answer, String field, String message) {
        assertThat(answer).hasStatus(400);
        assertThat(json(answer).path("type").asText()).isEqualTo("urn:renderfleet:problem:invalid-request");
        JsonNode error = json(answer).path("errors").path(0);
        assertThat(error.path("field").asText()).isEqualTo(field);
        assertThat(error.path("message").asText()).startsWith(message);
    }

    private static List<JsonNode> download(MvcTestResult redirect) throws Exception {
        assertThat(redirect).hasStatus(302);
        URI link = URI.create(Objects.requireNonNull(redirect.getResponse().getHeader("Location")));
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> file = client.send(
                    HttpRequest.newBuilder(link).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(file.statusCode()).isEqualTo(200);
            assertThat(file.headers().firstValue("Content-Disposition").orElse(""))
                    .startsWith("attachment;");
            return file.body()
                    .lines()
                    .map(line -> {
                        try {
                            return JSON.readTree(line);
                        } catch (IOException e) {
                            throw new IllegalStateException(line, e);
                        }
                    })
                    .toList();
        }
    }

    @Test
    void aBatchBecomesJobsOf64TasksAndCanBeCancelled() throws Exception {
        String self = self(post(lines(150)));
        awaitSubmitted(self);

        assertThat(get(self))
                .hasStatus(200)
                .hasHeader("Retry-After", "5")
                .bodyJson()
                .extractingPath("$.counts")
                .asMap()
                .containsEntry("total", 150)
                .containsEntry("completed", 0)
                .containsEntry("failed", 0);
        Job job = jobs.find(job(self, 2)).orElseThrow();
        assertThat("/batches/" + job.tags().batchId()).isEqualTo(self);
        assertThat(job.userId().value()).isEqualTo(user);
        assertThat(job.priority()).isEqualTo(Priority.LOW);
        JsonNode payload = JSON.readTree(jobs.payload(job).orElseThrow().json());
        assertThat(payload.path("tasks").findValuesAsText("taskId"))
                .hasSize(22)
                .startsWith("line-129")
                .endsWith("line-150");
        assertThat(payload.at("/source/batchId").asText()).isEqualTo(self.substring("/batches/".length()));
        assertThat(get(self + "/output")).hasStatus(409);

        MvcTestResult cancelled = http.post().uri(self + "/cancel").exchange();
        assertThat(cancelled).hasStatus(202);
        assertThat(json(cancelled).path("status").asText()).isIn("cancelling", "cancelled");
        await().atMost(PATIENCE)
                .until(() -> json(get(self)).path("status").asText().equals("cancelled"));
        for (int number = 0; number < 3; number++) {
            assertThat(jobs.find(job(self, number)).orElseThrow().status()).isEqualTo(JobStatus.CANCELLED);
        }
        assertThat(json(get(self)).path("counts").path("failed").asInt()).isEqualTo(150);
        assertThat(download(get(self + "/output"))).isEmpty();
        List<JsonNode> errors = download(get(self + "/errors"));
        assertThat(errors)
                .extracting(line -> line.path("custom_id").asText())
                .isEqualTo(
                        IntStream.rangeClosed(1, 150).mapToObj(i -> "id-" + i).toList());
        assertThat(errors.getFirst().at("/error/code").asText()).isEqualTo("cancelled");
        assertThat(errors.getFirst().path("response").isNull()).isTrue();
        assertThat(http.post().uri(self + "/cancel").exchange()).hasStatus(202);
    }

    @Test
    void aRepeatedBatchIsTheSameAndAnotherFileWithItsKeyIsRefused() {
        MvcTestResult first = post(lines(2), "Idempotency-Key", "key-1");
        MvcTestResult again = post(lines(2), "Idempotency-Key", "key-1");
        MvcTestResult other = post(lines(3), "Idempotency-Key", "key-1");

        assertThat(first).doesNotContainHeader("Idempotent-Replayed");
        assertThat(again).hasHeader("Idempotent-Replayed", "true");
        assertThat(self(again)).isEqualTo(self(first));
        assertThat(other).hasStatus(422);
        assertThat(json(other).path("type").asText()).isEqualTo("urn:renderfleet:problem:idempotency-conflict");
    }

    @Test
    void aBatchOfAnotherUserIsUnknown() {
        String self = self(post(lines(1)));

        assertThat(get(self + "?userId=" + user)).hasStatus(200);
        for (MvcTestResult answer : List.of(
                get(self + "?userId=somebody"),
                get(self + "/output?userId=somebody"),
                get(self + "/errors?userId=somebody"),
                http.post().uri(self + "/cancel?userId=somebody").exchange(),
                get("/batches/" + UUID.randomUUID()),
                get("/batches/1"))) {
            assertThat(answer).hasStatus(404);
            assertThat(json(answer).path("type").asText()).isEqualTo("urn:renderfleet:problem:batch-not-found");
        }
    }

    @Test
    void nothingIsSubmittedIfOneLineIsBad() {
        MvcTestResult refused = post(lines(70) + "{not json\n" + line("id-3", "again"), "Idempotency-Key", "bad");

        assertRefused(refused, "line 71", "is not valid JSON");
        assertThat(json(refused).path("errors").path(1).path("field").asText()).isEqualTo("line 72");
        assertThat(json(refused).path("errors").path(1).path("message").asText())
                .isEqualTo("custom_id is that of line 3");
        JobId first = BatchId.derivedFrom(new UserId(user), "bad").job(new UserId(user), 0);
        assertThat(jobs.find(first)).isEmpty();
    }

    @Test
    void aBatchWithoutAnIdOrWithAnUnknownModelIsRefused() {
        assertRefused(
                post(
                        "{\"body\": {\"model\": \"assessment\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}}"),
                "line 1",
                "custom_id is required");
        assertRefused(
                post(line("a", "x").replace("assessment", "gpt-9")),
                "line 1",
                "body.model must be one of the models that this deployment offers: assessment");
    }

    @Test
    void fiftyThousandAndOneLinesAreRefused() {
        assertRefused(post(lines(50_001)), "body", "has more than 50000 lines");
    }

    @Test
    void moreThan100MbAreRefused() {
        MvcTestResult refused = post(new byte[(100 << 20) + 1]);
        assertThat(refused).hasStatus(413);
        assertThat(json(refused).path("detail").asText()).isEqualTo("The file can have at most 100 MiB.");
    }

    @Test
    void anImageThatWasNotUploadedIsNamedWithItsLine() {
        String image = """
                {"custom_id": "b", "body": {"model": "assessment", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "s3:inputs/none.png"}}]}]}}
                """;
        assertRefused(post(line("a", "x") + image), "line 2", "There is no input none.png. Upload it");
    }

    @Test
    void theUserIsRequiredAndOtherParametersAreRefused() {
        assertRefused(
                http.post()
                        .uri("/batches")
                        .contentType("application/jsonl")
                        .content(lines(1))
                        .exchange(),
                "userId",
                "is required");
        assertRefused(
                http.post()
                        .uri("/batches?userId=a&completion_window=24h")
                        .contentType("application/jsonl")
                        .content(lines(1))
                        .exchange(),
                "completion_window",
                "is unknown; use one of userId, priority");
        assertThat(http.post()
                        .uri("/batches?userId=a")
                        .contentType("application/json")
                        .content("{}")
                        .exchange())
                .hasStatus(415);
    }

    @Test
    void aCompressedBatchIsAccepted() throws Exception {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(lines(3).getBytes(StandardCharsets.UTF_8));
        }
        String self = self(post(compressed.toByteArray(), "Content-Encoding", "gzip"));
        assertThat(json(get(self)).path("counts").path("total").asInt()).isEqualTo(3);
    }
}
