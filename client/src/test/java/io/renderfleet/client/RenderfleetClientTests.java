package io.renderfleet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.renderfleet.client.FakeApi.Received;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RenderfleetClientTests {
    private static final String ID = "6f1d3a52-7c1e-4f0b-9a51-0d3c6a1be001";
    private static final String OTHER = "6f1d3a52-7c1e-4f0b-9a51-0d3c6a1be002";
    private static final String ACCEPTED =
            "{\"jobId\": \"" + ID + "\", \"status\": \"PENDING\", \"links\": {\"self\": \"/jobs/" + ID + "\"}}";
    private static final String BUSY = """
            {"type": "urn:renderfleet:problem:busy", "title": "The service is busy", "status": 503,
             "detail": "Send the same request again after Retry-After.", "traceId": "0af7651916cd43dd8448eb211c80319c"}""";

    private final List<RetryListener.Retry> retries = new ArrayList<>();
    private FakeApi api;
    private RenderfleetClient client;

    @BeforeEach
    void start() throws IOException {
        api = new FakeApi();
        client = client(RetryPolicy.defaults()
                .within(3, Duration.ofSeconds(20))
                .withPauses(Duration.ofMillis(1), Duration.ofMillis(5)));
    }

    private RenderfleetClient client(RetryPolicy policy) {
        return new RenderfleetClient(
                ClientOptions.of(api.address()).withRetries(policy).withRetryListener(retries::add));
    }

    @AfterEach
    void stop() {
        client.close();
        api.close();
    }

    @Test
    void submitsTheFieldsOfAnyJobTypeBesideThoseOfAllJobs() throws InterruptedException {
        record Prompt(String model, Duration patience) {}
        api.answers(202, ACCEPTED);

        AcceptedJob job = client.submit(JobRequest.of(new Prompt("small", Duration.ofSeconds(5)))
                .withType("inference")
                .withUserId("user-1")
                .withPriority("HIGH")
                .withIdempotencyKey("my-key"));

        assertThat(job).isEqualTo(new AcceptedJob(ID, Job.Status.PENDING, false));
        Received request = api.received().getFirst();
        assertThat(request.body())
                .contains("\"model\":\"small\"", "\"patience\":\"PT5S\"")
                .contains("\"type\":\"inference\"", "\"userId\":\"user-1\"", "\"priority\":\"HIGH\"");
        assertThat(request.header("Idempotency-key")).isEqualTo("my-key");
    }

    @Test
    void submitsAnEventAsItIsAndReportsWhetherThereIsAJob() throws InterruptedException {
        api.losesItsAnswer()
                .answers(202, ACCEPTED, Map.of("Idempotent-Replayed", "true"))
                .answers(204, "")
                .answers(422, "{\"type\": \"urn:renderfleet:problem:input-not-found\"}");
        String event = "{ \"cameraId\": \"camera-1\" }";

        assertThat(client.submitEvent(event)).contains(new AcceptedJob(ID, Job.Status.PENDING, true));
        assertThat(client.submitEvent(event)).isEmpty();
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client.submitEvent(event))
                .satisfies(refused -> assertThat(refused.type().toString()).endsWith(":input-not-found"));
        assertThat(api.received()).hasSize(4).allSatisfy(request -> {
            assertThat(request.path()).isEqualTo("/events");
            assertThat(request.body()).isEqualTo(event);
        });
    }

    @Test
    void aLostAnswerIsReplayedUnderTheSameKey() throws InterruptedException {
        api.losesItsAnswer().answers(202, ACCEPTED, Map.of("Idempotent-Replayed", "true"));

        AcceptedJob job = client.submit(JobRequest.of(Map.of("designId", "chair")));

        assertThat(job.replayed()).isTrue();
        assertThat(api.received())
                .hasSize(2)
                .extracting(request -> request.header("Idempotency-key"))
                .doesNotContain("")
                .containsOnly(api.received().getFirst().header("Idempotency-key"));
        assertThat(retries).extracting(RetryListener.Retry::status).containsExactly(0);
    }

    @Test
    void everySubmissionHasAKeyOfItsOwn() throws InterruptedException {
        api.answers(202, ACCEPTED).answers(202, ACCEPTED);
        JobRequest request = JobRequest.of(Map.of("designId", "chair"));

        client.submit(request);
        client.submit(request);

        assertThat(api.received())
                .extracting(received -> received.header("Idempotency-key"))
                .doesNotHaveDuplicates()
                .doesNotContain("");
    }

    @Test
    void aJobWithAnIdOfItsOwnHasNoKey() throws InterruptedException {
        api.answers(202, ACCEPTED);

        client.submit(JobRequest.of(Map.of("designId", "chair")).withJobId(ID));

        assertThat(api.received().getFirst().header("Idempotency-key")).isEmpty();
        assertThat(api.received().getFirst().body()).contains("\"jobId\":\"" + ID + "\"");
    }

    @Test
    void refusesAFieldThatIsGivenTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        client.submit(JobRequest.of(Map.of("priority", "LOW")).withPriority("HIGH")))
                .withMessage("The field priority is in both the envelope and the fields of the job. Give it once.");
    }

    @Test
    void waitsAsLongAsRetryAfterSaysBeforeItRepeats() throws InterruptedException {
        api.answers(503, BUSY, Map.of("Retry-After", "1")).answers(202, ACCEPTED);

        client.submit(JobRequest.of(Map.of("designId", "chair")));

        List<Received> requests = api.received();
        assertThat(Duration.ofNanos(requests.get(1).nanos() - requests.get(0).nanos()))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(retries).singleElement().satisfies(retry -> {
            assertThat(retry.status()).isEqualTo(503);
            assertThat(retry.path()).isEqualTo("/jobs");
        });
    }

    @Test
    void anApiThatStaysBusyIsAskedAsOftenAsThePolicySays() {
        api.answers(503, BUSY).answers(503, BUSY).answers(503, BUSY).answers(202, ACCEPTED);

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client.submit(JobRequest.of(Map.of("designId", "chair"))))
                .satisfies(problem -> assertThat(problem.traceId()).contains("0af7651916cd43dd8448eb211c80319c"));
        assertThat(api.received()).hasSize(3);
    }

    @Test
    void doesNotWaitForARetryThatWouldMissTheDeadline() {
        RenderfleetClient hurried =
                client.with(client.options().withRetries(RetryPolicy.defaults().within(9, Duration.ofSeconds(5))));
        api.answers(503, BUSY, Map.of("Retry-After", "3600"));

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> hurried.job(ID))
                .satisfies(problem -> assertThat(problem.retryAfter()).contains(Duration.ofHours(1)));
        assertThat(api.received()).hasSize(1);
    }

    @Test
    void saysWhatIsWrongWithARequest() {
        api.answers(400, """
                {"type": "urn:renderfleet:problem:invalid-request", "title": "The request is not valid", "status": 400,
                 "detail": "Correct the fields.", "instance": "/jobs",
                 "errors": [{"field": "camera.fov", "message": "must be from 1 to 179"}]}""");

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client.submit(JobRequest.of(Map.of())))
                .withMessageContaining(
                        "400 The request is not valid: Correct the fields. camera.fov must be from 1 to 179.")
                .satisfies(problem -> {
                    assertThat(problem.type()).isEqualTo(URI.create("urn:renderfleet:problem:invalid-request"));
                    assertThat(problem.title()).contains("The request is not valid");
                    assertThat(problem.detail()).contains("Correct the fields.");
                    assertThat(problem.status()).isEqualTo(400);
                    assertThat(problem.errors())
                            .containsExactly(new Problem.FieldError("camera.fov", "must be from 1 to 179"));
                    assertThat(problem.traceId()).isEmpty();
                });
        assertThat(api.received()).hasSize(1);
    }

    @Test
    void anErrorWithoutProblemDetailsHasItsStatus() {
        api.answers(404, "<html>not here</html>");

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client.job(ID))
                .satisfies(problem -> assertThat(problem.status()).isEqualTo(404));
    }

    @Test
    void aSuccessThatIsNotAnAnswerOfTheApiIsNamed() {
        api.answers(200, "<html>a login page</html>");

        assertThatExceptionOfType(NoAnswerException.class)
                .isThrownBy(() -> client.job(ID))
                .withMessageEndingWith("and a body that is not a response of this API. Check the address.");
    }

    @Test
    void reportsThatTheServerDoesNotRespond() {
        api.close();

        assertThatExceptionOfType(NoAnswerException.class)
                .isThrownBy(() -> client.job(ID))
                .withMessageContaining("GET /jobs/{id} got no response from " + api.address() + " after 3 attempts");
    }

    @Test
    void resendsOnlyThoseJobsOfABatchThatTheApiWasTooBusyFor() throws InterruptedException {
        api.answers(202, """
                        {"items": [{"index": 0, "problem": %s},
                                   {"index": 1, "jobId": "%s", "status": "PENDING"},
                                   {"index": 2, "problem": {"type": "urn:renderfleet:problem:design-not-found", "status": 422}}]}
                        """.formatted(BUSY, OTHER))
                .answers(
                        202, "{\"items\": [{\"index\": 0, \"jobId\": \"%s\", \"status\": \"PENDING\"}]}".formatted(ID));

        List<BatchItem> items = client.submitBatch(List.of(
                JobRequest.of(Map.of("designId", "a")),
                JobRequest.of(Map.of("designId", "b")),
                JobRequest.of(Map.of("designId", "c"))));

        assertThat(items).extracting(BatchItem::index).containsExactly(0, 1, 2);
        assertThat(items.get(0).job()).isEqualTo(new AcceptedJob(ID, Job.Status.PENDING, false));
        assertThat(items.get(1).job()).isEqualTo(new AcceptedJob(OTHER, Job.Status.PENDING, false));
        assertThat(items.get(2).problem())
                .isNotNull()
                .satisfies(problem -> assertThat(problem.status()).isEqualTo(422));
        String first = api.received().getFirst().body();
        String second = api.received().getLast().body();
        assertThat(second).contains("\"designId\":\"a\"").doesNotContain("\"designId\":\"b\"", "\"designId\":\"c\"");
        // The same id as the first time.
        assertThat(first).contains(second.replaceAll("(?s).*(\"jobId\":\"[0-9a-f-]{36}\").*", "$1"));
        assertThat(retries)
                .singleElement()
                .satisfies(retry -> assertThat(retry.jobs()).isEqualTo(1));
    }

    @Test
    void aBatchThatStaysBusyEndsWithItsProblems() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            api.answers(202, "{\"items\": [{\"index\": 0, \"problem\": " + BUSY + "}]}");
        }

        List<BatchItem> items = client.submitBatch(List.of(JobRequest.of(Map.of())));

        assertThat(items)
                .singleElement()
                .satisfies(item -> assertThat(item.problem()).isNotNull());
        assertThat(api.received()).hasSize(3);
    }

    @Test
    void readsAJobAndKeepsTheFieldsOfItsType() throws InterruptedException {
        api.answers(200, """
                {"jobId": "%s", "type": "render", "userId": "user-1", "designId": "chair", "status": "PROCESSING",
                 "progress": 40, "attempt": 2, "createdAt": "2030-01-01T00:00:00Z",
                 "attempts": [{"number": 1, "region": "us-east-1", "startedAt": "2030-01-01T00:00:01Z",
                               "endedAt": "2030-01-01T00:00:02Z", "outcome": "INTERRUPTED"}],
                 "output": {"width": 640}}""".formatted(ID));

        Job job = client.job(ID);

        assertThat(job.status()).isEqualTo(Job.Status.PROCESSING);
        assertThat(job.progress()).isEqualTo(40);
        assertThat(job.createdAt()).isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
        assertThat(job.attempts()).extracting(Job.Attempt::outcome).containsExactly("INTERRUPTED");
        assertThat(job.fields()).containsEntry("designId", "chair").containsEntry("output", Map.of("width", 640));
    }

    @Test
    void followsTheCursorsOfAListing() throws InterruptedException {
        String job = "{\"jobId\": \"%s\", \"status\": \"COMPLETED\"}";
        api.answers(200, "{\"items\": [%s], \"next\": \"a+b\"}".formatted(job.formatted(ID)))
                .answers(200, "{\"items\": [%s]}".formatted(job.formatted(OTHER)));

        List<Job> jobs = client.jobs(JobQuery.ofUser("a user").withStatus(Job.Status.COMPLETED), 10);

        assertThat(jobs).extracting(Job::jobId).containsExactly(ID, OTHER);
        assertThat(api.received())
                .extracting(Received::path)
                .containsExactly(
                        "/jobs?limit=100&userId=a%20user&status=COMPLETED",
                        "/jobs?limit=100&userId=a%20user&status=COMPLETED&cursor=a%2Bb");
    }

    @Test
    void cancelsAndRetriesJobs() throws InterruptedException {
        api.answers(202, "{\"jobId\": \"%s\", \"status\": \"CANCELLED\"}".formatted(ID))
                .answers(202, "{\"jobId\": \"%s\", \"status\": \"PENDING\"}".formatted(ID));

        assertThat(client.cancel(ID).status()).isEqualTo(Job.Status.CANCELLED);
        assertThat(client.retry(ID).status()).isEqualTo(Job.Status.PENDING);
        assertThat(api.received())
                .extracting(request -> request.method() + " " + request.path())
                .containsExactly("POST /jobs/" + ID + "/cancel", "POST /jobs/" + ID + "/retry");
    }

    @Test
    void waitsForTheEndOfAJob() throws InterruptedException {
        api.answers(200, "{\"jobId\": \"%s\", \"status\": \"PROCESSING\"}".formatted(ID), Map.of("Retry-After", "0"))
                .answers(429, "{}")
                .answers(
                        200,
                        "{\"jobId\": \"%s\", \"status\": \"FAILED\", \"error\": {\"code\": \"x\", \"message\": \"y\"}}"
                                .formatted(ID));

        Job job = client.awaitEnd(ID, Duration.ofSeconds(20));

        assertThat(job.error()).isEqualTo(new Job.Failure("x", "y"));
    }

    @Test
    void givesUpWaitingForAJobWhenTheLimitIsOver() {
        String running = "{\"jobId\": \"%s\", \"status\": \"PROCESSING\"}".formatted(ID);
        api.answers(200, running, Map.of("Retry-After", "60"))
                .answers(503, "{}")
                .answers(200, running);

        assertThatExceptionOfType(JobTimeoutException.class)
                .isThrownBy(() -> client.awaitEnd(ID, Duration.ofMillis(200)))
                .withMessage("Job " + ID + " is still PROCESSING after PT0.2S. Wait longer, or cancel the job.");
    }

    @Test
    void downloadsAResultWithANewLinkForEachAttempt(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("new/picture.png");
        api.answers(302, "", Map.of("Location", "/expired"))
                .answers(403, "<Error>Request has expired</Error>")
                .answers(302, "", Map.of("Location", "/bytes?signature=a%2Bb"))
                .answers(200, "bytes");

        client.download(ID, file);

        assertThat(file).hasContent("bytes");
        assertThat(file.resolveSibling("picture.png.part")).doesNotExist();
        assertThat(api.received())
                .extracting(Received::path)
                .containsExactly(
                        "/jobs/" + ID + "/result", "/expired", "/jobs/" + ID + "/result", "/bytes?signature=a%2Bb");
    }

    @Test
    void listsArtifactsAndDownloadsOne(@TempDir Path directory) throws Exception {
        api.answers(200, """
                        {"jobId": "%s", "type": "echo", "status": "FAILED", "progress": 0, "attempt": 2,
                         "createdAt": "2030-01-01T00:00:00Z",
                         "artifacts": [{"name": "log.txt", "contentType": "text/plain", "bytes": 5, "attempt": 2,
                                        "url": "http://127.0.0.1/log", "urlExpiresAt": "2030-01-01T00:15:00Z"}]}""".formatted(ID))
                .answers(302, "", Map.of("Location", "/bytes"))
                .answers(200, "lines");

        assertThat(client.job(ID).artifacts())
                .containsExactly(new Job.Artifact(
                        "log.txt",
                        "text/plain",
                        5,
                        2,
                        URI.create("http://127.0.0.1/log"),
                        Instant.parse("2030-01-01T00:15:00Z")));
        Path file = directory.resolve("log.txt");
        client.downloadArtifact(ID, "log.txt", file);

        assertThat(file).hasContent("lines");
        assertThat(api.received())
                .extracting(Received::path)
                .containsExactly("/jobs/" + ID, "/jobs/" + ID + "/artifacts/log.txt", "/bytes");
    }

    @Test
    void leavesAnOlderFileWhenThereIsNoResult(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("picture.png"), "older");
        api.answers(409, "{\"type\": \"urn:renderfleet:problem:result-not-ready\"}");

        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> client.download(ID, file))
                .satisfies(problem ->
                        assertThat(problem.type()).isEqualTo(URI.create("urn:renderfleet:problem:result-not-ready")));
        assertThat(file).hasContent("older");
    }

    @Test
    void uploadsADesign(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("chair.gltf"), "{}");
        api.answers(201, """
                {"designId": "chair", "digest": "ab", "bytes": 2, "contentType": "model/gltf+json",
                 "storedAt": "2030-01-01T00:00:00Z", "nodes": 1}""");

        StoredDesign design = client.uploadDesign("chair", file, "model/gltf+json");

        assertThat(design.bytes()).isEqualTo(2);
        assertThat(api.received().getFirst().body()).isEqualTo("{}");
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> client.uploadDesign("chair", directory.resolve("none"), "model/gltf+json"));
    }
}
