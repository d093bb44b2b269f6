package io.renderfleet.api.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.job.Attempt;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Names and labels of jobs, the listings by them, and what a job waits for. */
@ApiTest
class JobTagsTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RegionId WEST = new RegionId("us-west-2");

    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    JobStore store;

    private final String user = "tagger-" + UUID.randomUUID();

    private JsonNode get(String path) throws Exception {
        MvcTestResult answer = http.get().uri(path).exchange();
        assertThat(answer).hasStatus(200);
        return JSON.readTree(answer.getResponse().getContentAsByteArray());
    }

    private MvcTestResult post(String body) {
        return http.post()
                .uri("/jobs")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange();
    }

    private JsonNode problem(MvcTestResult answer, int status) throws Exception {
        assertThat(answer).hasStatus(status);
        return JSON.readTree(answer.getResponse().getContentAsByteArray());
    }

    private List<String> ids(String query) throws Exception {
        return get("/jobs?userId=" + user + "&limit=100" + query).path("items").findValuesAsText("jobId");
    }

    private Job claimed(JobId id) {
        store.route(id, 0, WEST);
        return ((ClaimOutcome.Claimed) store.claim(id, 1, WEST, new WorkerId("worker-7"), Duration.ofMinutes(1))).job();
    }

    @Test
    void answersWithTheNameAndTheLabelsOfAJob() throws Exception {
        JobId id = fixture.submit(user, """
                "name": "椅子 <script>", "labels": {"shoot": "spring", "a.b_c-D": "🪑"}""");

        JsonNode job = get("/jobs/" + id);
        assertThat(job.path("name").asText()).isEqualTo("椅子 <script>");
        assertThat(job.path("labels")).isEqualTo(JSON.readTree("{\"shoot\": \"spring\", \"a.b_c-D\": \"🪑\"}"));
        JsonNode plain = get("/jobs/" + fixture.submit(user, ""));
        assertThat(plain.has("name") || plain.has("labels") || plain.has("batchId"))
                .isFalse();
        assertThat(get("/jobs?userId=" + user).at("/items/1/name").asText()).isEqualTo("椅子 <script>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"name\": \"\" | name | must be 1 to 128 printable characters",
                "\"name\": \"a\\u0000b\" | name | must be 1 to 128 printable characters",
                "\"name\": \"a\\u202Eb\" | name | must be 1 to 128 printable characters",
                "\"name\": 7 | name | must be a string, not a number",
                "\"labels\": [] | labels | must be an object, not an array",
                "\"labels\": {\"a\": 1} | labels.a | must be a string, not a number",
                "\"labels\": {\"a\": null} | labels.a | must be 1 to 64 printable characters",
                "\"labels\": {\"a\": \"\"} | labels.a | must be 1 to 64 printable characters",
                "\"labels\": {\"a\": \"b\\nc\"} | labels.a | must be 1 to 64 printable characters",
                "\"labels\": {\"a:b\": \"c\"} | labels | must have keys of 1 to 32 characters of A-Z, a-z, 0-9, dot, hyphen and underscore",
                "\"labels\": {\"\": \"c\"} | labels | must have keys of 1 to 32 characters of A-Z, a-z, 0-9, dot, hyphen and underscore"
            })
    void saysWhatIsWrongWithANameOrALabel(String fields, String field, String message) throws Exception {
        JsonNode problem = problem(post(ApiFixture.request(fields)), 400);

        assertThat(problem.path("errors")).hasSize(1);
        assertThat(problem.at("/errors/0/field").asText()).isEqualTo(field);
        assertThat(problem.at("/errors/0/message").asText()).isEqualTo(message);
    }

    @Test
    void limitsTheLabelsOfAJob() throws Exception {
        assertThat(problem(post(ApiFixture.request(labels(21, "v"))), 400)
                        .at("/errors/0/message")
                        .asText())
                .isEqualTo("must have at most 20 entries; there are 21");
        assertThat(problem(post(ApiFixture.request(labels(20, "v".repeat(64)))), 400)
                        .at("/errors/0/message")
                        .asText())
                .startsWith("must have at most 1024 bytes");
        assertThat(post(ApiFixture.request(labels(20, "v".repeat(40))))).hasStatus(202);
    }

    private static String labels(int count, String value) {
        return "\"labels\": {"
                + IntStream.range(0, count)
                        .mapToObj(i -> "\"key-" + i + "\": \"" + value + "\"")
                        .collect(Collectors.joining(", "))
                + "}";
    }

    @Test
    void aRequestWithAnotherNameIsAnotherRequest() {
        String id = "\"jobId\": \"" + UUID.randomUUID() + "\", ";

        assertThat(post(ApiFixture.request(id + "\"name\": \"a\", \"labels\": {\"x\": \"1\", \"y\": \"2\"}")))
                .hasStatus(202);
        assertThat(post(ApiFixture.request(id + "\"labels\": {\"y\": \"2\", \"x\": \"1\"}, \"name\": \"a\"")))
                .hasStatus(202)
                .hasHeader("Idempotent-Replayed", "true");
        assertThat(post(ApiFixture.request(id + "\"name\": \"b\", \"labels\": {\"x\": \"1\", \"y\": \"2\"}")))
                .hasStatus(422);
        assertThat(post(ApiFixture.request(id + "\"name\": \"a\", \"labels\": {\"x\": \"1\"}")))
                .hasStatus(422);
    }

    @Test
    void listsByDesignAndLabel() throws Exception {
        fixture.storeDesign("another-design", "another");
        String plain = fixture.submit(user, "").toString();
        String spring = fixture.submit(user, "\"labels\": {\"shoot\": \"spring\", \"by\": \"ann\"}")
                .toString();
        String colon = fixture.submit(user, "\"labels\": {\"shoot\": \"a:b\"}").toString();
        MvcTestResult other =
                post(ApiFixture.request("").replace("user-1", user).replace("test-design-1", "another-design"));
        String another = problem(other, 202).path("jobId").asText();

        assertThat(ids("&designId=test-design-1")).containsExactly(colon, spring, plain);
        assertThat(ids("&designId=another-design")).containsExactly(another);
        assertThat(ids("&designId=unknown")).isEmpty();
        assertThat(ids("&label=shoot")).containsExactly(colon, spring);
        assertThat(ids("&label=shoot:spring")).containsExactly(spring);
        assertThat(ids("&label=shoot:a:b")).containsExactly(colon);
        assertThat(ids("&label=shoot&label=by:ann")).containsExactly(spring);
        assertThat(ids("&label=shoot:summer")).isEmpty();
        assertThat(ids("&batchId=" + UUID.randomUUID())).isEmpty();
        assertThat(get("/jobs?userId=nobody-" + user + "&label=shoot").path("items"))
                .isEmpty();
    }

    @Test
    void pagesOfAFilteredListingHaveEveryJobOnce() throws Exception {
        List<String> labelled = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            JobId id = fixture.submit(user, i % 3 == 0 ? "" : "\"labels\": {\"x\": \"1\"}");
            if (i % 3 != 0) {
                labelled.add(id.toString());
            }
        }
        List<String> found = new ArrayList<>();
        String cursor = "";
        for (int pages = 0; pages < 10 && cursor != null; pages++) {
            JsonNode page =
                    get("/jobs?userId=" + user + "&label=x:1&limit=2" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            found.addAll(page.path("items").findValuesAsText("jobId"));
            cursor = page.path("next").textValue();
        }
        assertThat(found).containsExactlyElementsOf(labelled.reversed());
    }

    @Test
    void aCursorIsOnlyForItsListing() throws Exception {
        fixture.submit(user, "\"labels\": {\"x\": \"1\", \"y\": \"2\"}");
        fixture.submit(user, "\"labels\": {\"x\": \"1\", \"y\": \"2\"}");
        String base = "/jobs?limit=1&userId=" + user;
        String cursor = get(base + "&label=x&label=y:2").path("next").asText();

        assertThat(get(base + "&label=y:2&label=x&cursor=" + cursor).path("items"))
                .hasSize(1);
        for (String other :
                List.of("", "&label=x", "&label=x&label=y", "&label=x&label=y:2&designId=x", "&label=x&label=y:3")) {
            JsonNode problem =
                    problem(http.get().uri(base + other + "&cursor=" + cursor).exchange(), 400);
            assertThat(problem.at("/errors/0/field").asText()).as(other).isEqualTo("cursor");
        }
        assertThat(http.get()
                        .uri("/admin/jobs?limit=1&userId=" + user + "&label=x&label=y:2&cursor=" + cursor)
                        .exchange())
                .hasStatus(400);
    }

    @ParameterizedTest
    @CsvSource({
        "label=, label",
        "label=a%20b, label",
        "label=a:, label",
        "label=a:%0A, label",
        "batchId=x, batchId",
        "designId=, designId",
        "designId=%00, designId",
        "designId=a&topic=b, topic",
        "designId=a&designId=b, designId",
        "type=render, type"
    })
    void refusesFiltersThatAreNotValid(String query, String field) throws Exception {
        JsonNode problem = problem(
                http.get()
                        .uri(java.net.URI.create("/jobs?userId=" + user + "&" + query))
                        .exchange(),
                400);

        assertThat(problem.at("/errors/0/field").asText()).isEqualTo(field);
    }

    @Test
    void theDescriptionHasTheFilters() throws Exception {
        JsonNode parameters = get("/v3/api-docs").at("/paths/~1jobs/get/parameters");

        assertThat(parameters.findValuesAsText("name")).contains("designId", "topic", "label", "batchId");
        for (JsonNode parameter : parameters) {
            if (parameter.path("name").asText().equals("label")) {
                assertThat(parameter.at("/schema/type").asText()).isEqualTo("array");
            }
        }
    }

    @Test
    void saysWhyAJobWaitsAndWhoRunsIt() throws Exception {
        JobId id = fixture.submit(user, "\"orderingKey\": \"k\"");
        JobId next = fixture.submit(user, "\"orderingKey\": \"k\"");
        assertThat(get("/jobs/" + id).at("/waiting/reason").asText()).isEqualTo("ROUTING");

        store.route(id, 0, WEST);
        store.route(next, 0, WEST);
        JsonNode queued = get("/jobs/" + id);
        assertThat(queued.at("/waiting/reason").asText()).isEqualTo("QUEUED");
        assertThat(queued.at("/waiting/detail").asText()).startsWith("In the queue of region us-west-2 since 20");
        assertThat(queued.has("worker")).isFalse();
        JsonNode ordered = get("/jobs/" + next).path("waiting");
        assertThat(ordered.path("reason").asText()).isEqualTo("ORDER");
        assertThat(ordered.path("detail").asText()).contains(id.toString());

        Job running = ((ClaimOutcome.Claimed) store.claim(id, 1, WEST, new WorkerId("worker-7"), Duration.ofMinutes(1)))
                .job();
        JsonNode processing = get("/jobs/" + id);
        assertThat(processing.path("worker").asText()).isEqualTo("worker-7");
        assertThat(processing.has("waiting")).isFalse();

        store.release(running, Attempt.Outcome.ERRORED, new JobError("x", "y"), List.of());
        JsonNode released = get("/jobs/" + id);
        assertThat(released.at("/waiting/reason").asText()).isEqualTo("RETRY");
        assertThat(released.at("/waiting/detail").asText()).contains("Attempt 1", "ERRORED", "us-west-2");
        assertThat(released.has("worker")).isFalse();
        assertThat(get("/jobs?userId=" + user).path("items").findValuesAsText("reason"))
                .containsExactly("ORDER", "RETRY");
    }

    @Test
    void operatorsFindJobsOfAllUsers() throws Exception {
        String label = "\"labels\": {\"hunt\": \"" + user + "\"}";
        String first = fixture.submit(user + "-a", label).toString();
        String second = fixture.submit(user + "-b", label).toString();
        JobId running = fixture.submit(user + "-a", label);
        claimed(running);
        JobId failed = fixture.submit(user + "-b", label);
        store.fail(claimed(failed), Attempt.Outcome.REJECTED, new JobError("x", "y"), List.of());
        String mine = "&limit=100&label=hunt:" + user;

        assertThat(found(mine)).containsExactly(first, second, running.toString());
        assertThat(found("&status=PROCESSING" + mine)).containsExactly(running.toString());
        assertThat(found("&region=us-west-2" + mine)).containsExactly(running.toString());
        assertThat(found("&type=echo" + mine)).isEmpty();
        assertThat(found("&userId=" + user + "-a" + mine)).containsExactly(first, running.toString());
        assertThat(found("&olderThan=PT1H" + mine)).isEmpty();
        assertThat(found("&olderThan=PT0S" + mine)).hasSize(3);
        assertThat(found("&status=FAILED" + mine)).containsExactly(failed.toString());
        assertThat(found("&status=FAILED&userId=" + user + "-b" + mine)).containsExactly(failed.toString());
        assertThat(found("&status=FAILED&userId=" + user + "-a" + mine)).isEmpty();
        assertThat(found("&status=COMPLETED&userId=" + user + "-a" + mine)).isEmpty();
    }

    /** All pages, since the jobs of other tests are read too, and a page reads a limited number of jobs. */
    private List<String> found(String query) throws Exception {
        List<String> found = new ArrayList<>();
        String cursor = "";
        for (int pages = 0; pages < 100; pages++) {
            JsonNode page = get("/admin/jobs?" + query.substring(1) + cursor);
            found.addAll(page.path("items").findValuesAsText("jobId"));
            if (!page.hasNonNull("next")) {
                return found;
            }
            cursor = "&cursor=" + page.path("next").asText();
        }
        throw new AssertionError("The listing has more than 100 pages.");
    }

    @Test
    void operatorsReadPageByPage() throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(fixture.submit(user, "").toString());
        }
        List<String> found = new ArrayList<>();
        String cursor = "";
        String last = "";
        for (int pages = 0; pages < 10 && cursor != null; pages++) {
            last = cursor;
            JsonNode page = get("/admin/jobs?limit=2&olderThan=PT0S&userId=" + user
                    + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            found.addAll(page.path("items").findValuesAsText("jobId"));
            cursor = page.path("next").textValue();
        }
        assertThat(found).containsExactlyElementsOf(ids);
        String edited = (last.charAt(0) == 'A' ? "B" : "A") + last.substring(1);
        for (String query : List.of(
                "olderThan=PT0S&cursor=" + edited, "cursor=" + last, "olderThan=PT0S&status=PENDING&cursor=" + last)) {
            JsonNode problem = problem(
                    http.get().uri("/admin/jobs?userId=" + user + "&" + query).exchange(), 400);
            assertThat(problem.at("/errors/0/field").asText()).as(query).isEqualTo("cursor");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "status=COMPLETED, userId, is required with the status COMPLETED",
        "status=CANCELLED, userId, is required with the status CANCELLED",
        "status=LOST, status, must be one of",
        "olderThan=10m, olderThan, must be an ISO-8601 duration",
        "olderThan=-PT1S, olderThan, must be an ISO-8601 duration",
        "type=A, type, must be a job type",
        "region=<script>, region, must be a region",
        "limit=101, limit, must be from 1 to 100",
        "designId=a, designId, is unknown"
    })
    void refusesSearchesThatAreNotValid(String query, String field, String message) throws Exception {
        JsonNode problem = problem(http.get().uri("/admin/jobs?" + query).exchange(), 400);

        assertThat(problem.at("/errors/0/field").asText()).isEqualTo(field);
        assertThat(problem.at("/errors/0/message").asText()).startsWith(message);
    }
}
