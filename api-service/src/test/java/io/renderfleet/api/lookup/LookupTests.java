package io.renderfleet.api.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@ApiTest
class LookupTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RegionId WEST = new RegionId("us-west-2");

    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    JobStore store;

    @Autowired
    ResultStore results;

    @Test
    void showsAJobThatWaits() throws Exception {
        JobId id = submit("user-1");

        MvcTestResult answer = get("/jobs/" + id);

        assertThat(answer).hasStatus(200).hasHeader("Retry-After", "1").hasHeader("Cache-Control", "no-store");
        JsonNode job = body(answer);
        assertThat(job.path("jobId").asText()).isEqualTo(id.toString());
        assertThat(job.path("status").asText()).isEqualTo("PENDING");
        assertThat(job.path("progress").asInt()).isZero();
        assertThat(job.path("userId").asText()).isEqualTo("user-1");
        assertThat(job.at("/designId").asText()).isEqualTo(ApiFixture.DESIGN);
        assertThat(job.path("timeout").asText()).isEqualTo("PT30M");
        assertThat(job.at("/output/format").asText()).isEqualTo("png");
        assertThat(Instant.parse(job.path("createdAt").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(job.at("/links/self").asText()).isEqualTo("/jobs/" + id);
        assertThat(job.at("/links/events").asText()).isEqualTo("/jobs/" + id + "/events");
        assertThat(job.has("region")).isFalse();
        assertThat(job.has("resultUrl")).isFalse();
        assertThat(job.has("error")).isFalse();
    }

    @Test
    void showsAJobAtWork() throws Exception {
        Job claimed = claimed(submit("user-1"));
        store.heartbeat(claimed, Duration.ofMinutes(1), 40, List.of());

        JsonNode job = body(get("/jobs/" + claimed.id()));

        assertThat(job.path("status").asText()).isEqualTo("PROCESSING");
        assertThat(job.path("progress").asInt()).isEqualTo(40);
        assertThat(job.path("region").asText()).isEqualTo("us-west-2");
        assertThat(job.path("attempt").asInt()).isEqualTo(1);
        assertThat(job.has("startedAt")).isTrue();
    }

    @Test
    void linksToAResultThatCanBeDownloadedForAWhile() throws Exception {
        byte[] picture = "a picture".getBytes(StandardCharsets.UTF_8);
        JobId id = completed(picture);

        MvcTestResult answer = get("/jobs/" + id);

        assertThat(answer).hasStatus(200).doesNotContainHeader("Retry-After");
        JsonNode job = body(answer);
        assertThat(job.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(job.path("progress").asInt()).isEqualTo(100);
        assertThat(job.at("/result/bytes").asInt()).isEqualTo(picture.length);
        assertThat(job.at("/result/contentType").asText()).isEqualTo("image/png");
        assertThat(job.at("/attempts/0/outcome").asText()).isEqualTo("SUCCEEDED");
        assertThat(job.at("/attempts/0/worker").asText()).isEqualTo("worker-1");
        assertThat(Instant.parse(job.path("resultUrlExpiresAt").asText()))
                .isBetween(Instant.now(), Instant.now().plus(Duration.ofMinutes(15)));
        assertThat(download(URI.create(job.path("resultUrl").asText()))).isEqualTo(picture);
    }

    @Test
    void redirectsToTheResult() throws Exception {
        byte[] picture = "another picture".getBytes(StandardCharsets.UTF_8);

        MvcTestResult answer = get("/jobs/" + completed(picture) + "/result");

        assertThat(answer).hasStatus(302).hasHeader("Cache-Control", "no-store");
        assertThat(download(URI.create(String.valueOf(answer.getResponse().getHeader("Location")))))
                .isEqualTo(picture);
    }

    @Test
    void headOfAResultHasTheHeadersOfADownload() throws Exception {
        byte[] picture = "a picture to look at".getBytes(StandardCharsets.UTF_8);
        JobId id = completed(picture);

        MvcTestResult head = head("/jobs/" + id + "/result");

        assertThat(head)
                .hasStatus(200)
                .hasContentType(MediaType.IMAGE_PNG)
                .hasHeader("Content-Length", Integer.toString(picture.length))
                .hasHeader("Cache-Control", "no-store")
                .doesNotContainHeader("Location");
        assertThat(head).bodyText().isEmpty();
        HttpResponse<byte[]> download =
                fetch(URI.create(body(get("/jobs/" + id)).path("resultUrl").asText()));
        assertThat(head.getResponse().getHeader("ETag"))
                .isNotBlank()
                .isEqualTo(download.headers().firstValue("ETag").orElseThrow());
        assertThat(head.getResponse().getHeader("Last-Modified"))
                .isEqualTo(download.headers().firstValue("Last-Modified").orElseThrow());
    }

    @Test
    void headOfAResultThatTheClientHasIsNotModified() throws Exception {
        String path = "/jobs/" + completed("a picture that is known".getBytes(StandardCharsets.UTF_8)) + "/result";
        String eTag = String.valueOf(head(path).getResponse().getHeader("ETag"));

        assertThat(http.head().uri(path).header("If-None-Match", eTag)).hasStatus(304);
    }

    @Test
    void headOfAResultThatIsNotThereIsRefusedAsGetIs() throws Exception {
        assertThat(head("/jobs/" + submit("user-1") + "/result"))
                .hasStatus(409)
                .hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(head("/jobs/" + JobId.random() + "/result")).hasStatus(404);
    }

    @Test
    void headOfAResultThatWasDeletedFromTheBucketIsGone() throws Exception {
        Job claimed = claimed(submit("user-1"));
        JobResult never = new JobResult(FileId.random(), "png", 1, "image/png");
        assertThat(store.complete(claimed, never, List.of())).isTrue();

        assertThat(head("/jobs/" + claimed.id() + "/result")).hasStatus(410);
    }

    /** A job that failed with a log. */
    private Job failedWithLog(String log) throws IOException {
        Job claimed = claimed(submit("user-1"));
        Artifact artifact = results.store(
                claimed.id(),
                new Artifact(new ArtifactName("log.txt"), 1, FileId.random(), WEST, 0, "text/plain;charset=utf-8"),
                file(log.getBytes(StandardCharsets.UTF_8)),
                () -> {});
        store.fail(claimed, Attempt.Outcome.REJECTED, new JobError("x", "y"), List.of(artifact));
        return claimed;
    }

    @Test
    void listsTheArtifactsOfAJobAndLinksToThem() throws Exception {
        Job failed = failedWithLog("why it failed");

        JsonNode artifacts = body(get("/jobs/" + failed.id())).path("artifacts");
        assertThat(artifacts).singleElement().satisfies(artifact -> {
            assertThat(artifact.path("name").asText()).isEqualTo("log.txt");
            assertThat(artifact.path("contentType").asText()).isEqualTo("text/plain;charset=utf-8");
            assertThat(artifact.path("bytes").asInt()).isEqualTo(13);
            assertThat(artifact.path("attempt").asInt()).isEqualTo(1);
            assertThat(Instant.parse(artifact.path("urlExpiresAt").asText()))
                    .isBetween(Instant.now(), Instant.now().plus(Duration.ofMinutes(15)));
            assertThat(download(URI.create(artifact.path("url").asText())))
                    .asString()
                    .isEqualTo("why it failed");
        });
        assertThat(body(get("/jobs/" + submit("user-1"))).path("artifacts")).isEmpty();
    }

    @Test
    void aFileIsDeliveredWithATypeThatTheServiceChose() throws Exception {
        JobId id = completed("a picture".getBytes(StandardCharsets.UTF_8));
        HttpResponse<byte[]> picture =
                fetch(URI.create(body(get("/jobs/" + id)).path("resultUrl").asText()));
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(picture.headers().firstValue("Content-Disposition"))
                .contains("inline; filename=\"test-design-1.png\"");

        Job claimed = claimed(submit("user-1"));
        Artifact page = results.store(
                claimed.id(),
                new Artifact(new ArtifactName("page.html"), 1, FileId.random(), WEST, 0, "text/html"),
                file("<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8)),
                () -> {});
        store.fail(claimed, Attempt.Outcome.REJECTED, new JobError("x", "y"), List.of(page));
        String link = body(get("/jobs/" + claimed.id())).at("/artifacts/0/url").asText();
        HttpResponse<byte[]> delivered = fetch(URI.create(link));
        assertThat(delivered.headers().firstValue("Content-Type")).contains("application/octet-stream");
        assertThat(delivered.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"test-design-1-page.html\"");
        assertThat(head("/jobs/" + claimed.id() + "/artifacts/page.html"))
                .hasContentType(MediaType.APPLICATION_OCTET_STREAM)
                .hasHeader("Content-Disposition", "attachment; filename=\"test-design-1-page.html\"");
    }

    @Test
    void aDownloadHasTheNameOfItsJob() throws Exception {
        JobId id = fixture.submit("user-1", "\"name\": \"../../椅 \\\"x\\\"\"");
        Job claimed = claimed(id);
        store.complete(
                claimed, results.store(WEST, id, 1, "png", "image/png", file(new byte[] {1}), () -> {}), List.of());

        HttpResponse<byte[]> picture =
                fetch(URI.create(body(get("/jobs/" + id)).path("resultUrl").asText()));

        String disposition = "inline; filename=\"_..__ _x_.png\"; filename*=UTF-8''_.._%E6%A4%85%20_x_.png";
        assertThat(picture.headers().firstValue("Content-Disposition")).contains(disposition);
        assertThat(head("/jobs/" + id + "/result")).hasHeader("Content-Disposition", disposition);
    }

    @Test
    void listingsNameArtifactsWithoutLinks() throws Exception {
        failedWithLog("why it failed");
        JsonNode job = body(get("/jobs?userId=user-1&limit=1")).at("/items/0");
        assertThat(job.at("/artifacts/0/name").asText()).isEqualTo("log.txt");
        assertThat(job.at("/artifacts/0").has("url")).isFalse();
    }

    @Test
    void redirectsToAnArtifactAndAnswersHeadOfItHere() throws Exception {
        String path = "/jobs/" + failedWithLog("why it failed").id() + "/artifacts/log.txt";

        MvcTestResult answer = get(path);
        assertThat(answer).hasStatus(302).hasHeader("Cache-Control", "no-store");
        assertThat(download(URI.create(String.valueOf(answer.getResponse().getHeader("Location")))))
                .asString()
                .isEqualTo("why it failed");
        assertThat(head(path))
                .hasStatus(200)
                .hasContentType("text/plain;charset=utf-8")
                .hasHeader("Content-Length", "13")
                .containsHeader("ETag")
                .doesNotContainHeader("Location");
    }

    @Test
    void saysWhichArtifactsThereAre() throws Exception {
        Job failed = failedWithLog("why it failed");
        for (String name : List.of("other", "LOG.TXT", "result", "..%2F1")) {
            assertThat(get("/jobs/" + failed.id() + "/artifacts/" + name)
                            .getResponse()
                            .getStatus())
                    .isIn(400, 404);
        }
        assertThat(get("/jobs/" + failed.id() + "/artifacts/other"))
                .hasStatus(404)
                .hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
                .bodyJson()
                .satisfies(problem -> {
                    assertThat(problem)
                            .extractingPath("$.type")
                            .isEqualTo("urn:renderfleet:problem:artifact-not-found");
                    assertThat(problem).extractingPath("$.detail").asString().contains("log.txt");
                });
        assertThat(head("/jobs/" + failed.id() + "/artifacts/other")).hasStatus(404);
        assertThat(get("/jobs/" + submit("user-1") + "/artifacts/log.txt"))
                .hasStatus(404)
                .bodyJson()
                .extractingPath("$.detail")
                .asString()
                .contains("repeat the request later");
    }

    @Test
    void headOfAnArtifactThatWasDeletedFromTheBucketIsGone() throws Exception {
        Job claimed = claimed(submit("user-1"));
        Artifact never = new Artifact(new ArtifactName("log.txt"), 1, FileId.random(), WEST, 5, "text/plain");
        store.fail(claimed, Attempt.Outcome.REJECTED, new JobError("x", "y"), List.of(never));

        assertThat(head("/jobs/" + claimed.id() + "/artifacts/log.txt")).hasStatus(410);
    }

    @Test
    void saysWhichWorkerRanAnAttempt() throws Exception {
        JobId id = completed("a picture".getBytes(StandardCharsets.UTF_8));

        assertThat(body(get("/jobs/" + id)).at("/attempts/0/worker").asText()).isEqualTo("worker-1");
    }

    @Test
    void hasNoResultBeforeTheJobIsCompleted() {
        assertThat(get("/jobs/" + submit("user-1") + "/result"))
                .hasStatus(409)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:result-not-ready");
    }

    @Test
    void saysWhyAJobFailed() throws Exception {
        Job claimed = claimed(submit("user-1"));
        store.fail(claimed, Attempt.Outcome.REJECTED, new JobError("truncated", "The file ends early."), List.of());

        JsonNode job = body(get("/jobs/" + claimed.id()));

        assertThat(job.path("status").asText()).isEqualTo("FAILED");
        assertThat(job.at("/error/code").asText()).isEqualTo("truncated");
        assertThat(job.at("/error/message").asText()).isEqualTo("The file ends early.");
        assertThat(get("/jobs/" + claimed.id() + "/result")).hasStatus(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"d2b0e9a4-3c5f-4f1e-8a67-51c8f3b7e960", "1-1-1-1-1", "x", "%20"})
    void knowsNoOtherJobs(String id) {
        for (String path : List.of("/jobs/" + id, "/jobs/" + id + "/result", "/jobs/" + id + "/artifacts/log.txt")) {
            assertThat(get(path))
                    .hasStatus(404)
                    .hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .bodyJson()
                    .extractingPath("$.type")
                    .isEqualTo("urn:renderfleet:problem:job-not-found");
        }
    }

    @Test
    void namesAJobThatANewerVersionWrote() throws Exception {
        String user = "lister-" + UUID.randomUUID();
        JobId readable = submit(user);
        JobId unreadable = submit(user);
        fixture.writePriority(unreadable, "WRITTEN-BY-A-NEWER-VERSION");

        MvcTestResult answer = get("/jobs/" + unreadable);
        assertThat(answer).hasStatus(500);
        assertThat(body(answer).path("type").asText()).isEqualTo("urn:renderfleet:problem:job-unreadable");
        assertThat(body(answer).path("detail").asText())
                .contains("newer version")
                .contains("update");
        JsonNode page = body(get("/jobs?userId=" + user));
        assertThat(page.path("items").findValuesAsText("jobId")).containsExactly(readable.toString());
        assertThat(page.path("unreadable")).hasSize(1);
        assertThat(page.at("/unreadable/0").asText()).isEqualTo(unreadable.toString());
    }

    @Test
    void listsAUsersJobsPageByPageNewestFirst() throws Exception {
        String user = "lister-" + UUID.randomUUID();
        List<String> submitted = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            submitted.add(submit(user).toString());
        }
        submit("someone-else");

        List<String> listed = new ArrayList<>();
        List<Instant> times = new ArrayList<>();
        String cursor = "";
        for (int pages = 0; pages < 5; pages++) {
            JsonNode page = body(get("/jobs?limit=2&userId=" + user + cursor));
            assertThat(page.path("items").size()).isLessThanOrEqualTo(2);
            page.path("items").forEach(job -> {
                listed.add(job.path("jobId").asText());
                times.add(Instant.parse(job.path("createdAt").asText()));
            });
            if (!page.has("next")) {
                break;
            }
            cursor = "&cursor=" + page.path("next").asText();
        }

        assertThat(listed).containsExactlyInAnyOrderElementsOf(submitted);
        assertThat(times).isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @Test
    void filtersByStatusAndTime() throws Exception {
        String user = "filter-" + UUID.randomUUID();
        JobId waiting = submit(user);
        JobId working = claimed(submit(user)).id();
        Instant created = store.find(waiting).orElseThrow().createdAt();

        assertThat(ids("/jobs?userId=" + user + "&status=PROCESSING")).containsExactly(working.toString());
        assertThat(ids("/jobs?userId=" + user + "&createdBefore=" + created)).isEmpty();
        assertThat(ids("/jobs?userId=" + user + "&createdAfter=" + created)).hasSize(2);
        assertThat(ids("/jobs?userId=" + user + "&createdAfter=" + created.plusSeconds(3600)))
                .isEmpty();
    }

    @Test
    void listsAJobThatWasCreatedInTheMillisecondOfAnEdgeWithMicroseconds() throws Exception {
        String user = "edges-" + UUID.randomUUID();
        JobId id = submit(user);
        Instant within = store.find(id).orElseThrow().createdAt().plusNanos(456_000);

        assertThat(ids("/jobs?userId=" + user + "&createdBefore=" + within)).containsExactly(id.toString());
        assertThat(ids("/jobs?userId=" + user + "&createdAfter=" + within)).containsExactly(id.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                  | userId        | is required",
                "userId=                             | userId        | must be 1 to 128 printable characters",
                "userId=u&userId=v                   | userId        | must be given once",
                "userId=u&status=DONE                | status        | must be one of PENDING, PROCESSING,",
                "userId=u&createdAfter=yesterday     | createdAfter  | must be a time such as",
                "userId=u&createdBefore=2026-01-31   | createdBefore | must be a time such as",
                "userId=u&createdBefore=-99999999-01-01T00:00:00Z | createdBefore | must be a time such as",
                "userId=u&limit=0                    | limit         | must be from 1 to 100",
                "userId=u&limit=101                  | limit         | must be from 1 to 100",
                "userId=u&limit=ten                  | limit         | must be from 1 to 100",
                "userId=u&cursor=                    | cursor        | is not a cursor of this listing",
                "userId=u&cursor=abc                 | cursor        | is not a cursor of this listing",
                "userId=u&state=PENDING              | state         | is unknown; use one of userId, status",
            })
    void refusesParametersItDoesNotUnderstand(String query, String field, String message) throws Exception {
        MvcTestResult answer = get("/jobs?" + query);

        assertThat(answer).hasStatus(400);
        JsonNode error = body(answer).at("/errors/0");
        assertThat(error.path("field").asText()).isEqualTo(field);
        assertThat(error.path("message").asText()).startsWith(message);
    }

    @Test
    void refusesACursorOfAnotherListing() throws Exception {
        String user = "cursor-" + UUID.randomUUID();
        submit(user);
        submit(user);
        String cursor = body(get("/jobs?limit=1&userId=" + user)).path("next").asText();

        assertThat(get("/jobs?limit=5&userId=" + user + "&cursor=" + cursor)).hasStatus(200);
        assertThat(get("/jobs?userId=someone-else&cursor=" + cursor)).hasStatus(400);
        assertThat(get("/jobs?userId=" + user + "&status=PENDING&cursor=" + cursor))
                .hasStatus(400);
        char flipped = cursor.charAt(5) == 'A' ? 'B' : 'A';
        assertThat(get("/jobs?userId=" + user + "&cursor=" + cursor.substring(0, 5) + flipped + cursor.substring(6)))
                .hasStatus(400);
    }

    private JobId submit(String user) {
        MvcTestResult answer = http.post()
                .uri("/jobs")
                .contentType(MediaType.APPLICATION_JSON)
                .content(ApiFixture.request("").replace("user-1", user))
                .exchange();
        assertThat(answer).hasStatus(202);
        return JobId.of(
                String.valueOf(answer.getResponse().getHeader("Location")).substring("/jobs/".length()));
    }

    private Job claimed(JobId id) {
        store.route(id, 0, WEST);
        return ((ClaimOutcome.Claimed) store.claim(id, 1, WEST, new WorkerId("worker-1"), Duration.ofMinutes(1))).job();
    }

    private JobId completed(byte[] picture) throws IOException {
        Job claimed = claimed(submit("user-1"));
        assertThat(store.complete(
                        claimed,
                        results.store(WEST, claimed.id(), 1, "png", "image/png", file(picture), () -> {}),
                        List.of()))
                .isTrue();
        return claimed.id();
    }

    private MvcTestResult get(String uri) {
        return http.get().uri(URI.create(uri)).exchange();
    }

    private MvcTestResult head(String uri) {
        return http.head().uri(URI.create(uri)).exchange();
    }

    private List<String> ids(String uri) throws Exception {
        List<String> ids = new ArrayList<>();
        body(get(uri)).path("items").forEach(job -> ids.add(job.path("jobId").asText()));
        return ids;
    }

    private static JsonNode body(MvcTestResult answer) throws Exception {
        return JSON.readTree(answer.getResponse().getContentAsByteArray());
    }

    private static byte[] download(URI uri) throws Exception {
        return fetch(uri).body();
    }

    private static HttpResponse<byte[]> fetch(URI uri) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = client.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer;
        }
    }

    private static Path file(byte[] content) throws IOException {
        Path file = Files.createTempFile("result-", ".png");
        file.toFile().deleteOnExit();
        return Files.write(file, content);
    }
}
