package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.identity.Caller;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobBatches;
import io.renderfleet.job.JobDatabase;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStoreSettings;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

@ApiTest
class BatchTests {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    JobStore store;

    @Autowired
    JobReader reader;

    @Autowired
    Submissions submissions;

    @Autowired
    StoreSlots slots;

    @Autowired
    SubmissionSettings settings;

    @Test
    void acceptsAHundredJobs() throws Exception {
        JsonNode items = items(post(batch(Collections.nCopies(100, ApiFixture.request("")))));

        assertThat(items).hasSize(100);
        for (int i = 0; i < items.size(); i++) {
            assertThat(items.get(i).path("index").asInt()).isEqualTo(i);
            assertThat(items.get(i).path("status").asText()).isEqualTo("PENDING");
            assertThat(items.get(i).has("problem")).isFalse();
            assertThat(store.find(JobId.of(items.get(i).path("jobId").asText())))
                    .isPresent();
        }
    }

    @Test
    void refusesAJobWithoutTheOthers() throws Exception {
        String own = UUID.randomUUID().toString();
        JsonNode items = items(post(batch(List.of(
                ApiFixture.request("\"jobId\": \"" + own + "\""),
                ApiFixture.request("\"maxAttempts\": 11"),
                ApiFixture.request("").replace(ApiFixture.DESIGN, "nowhere"),
                "7",
                ApiFixture.request("\"userId\": \"again\""),
                ApiFixture.request("\"orderingKey\": \"" + "x".repeat(70_000) + "\""),
                ApiFixture.request("")))));

        assertThat(items).hasSize(7);
        assertThat(items.get(0).path("jobId").asText()).isEqualTo(own);
        assertProblem(items.get(1), "invalid-request", 400);
        assertThat(items.get(1).at("/problem/errors/0/field").asText()).isEqualTo("maxAttempts");
        assertProblem(items.get(2), "design-not-found", 422);
        assertProblem(items.get(3), "invalid-request", 400);
        assertProblem(items.get(4), "invalid-request", 400);
        assertThat(items.get(4).at("/problem/errors/0/message").asText()).isEqualTo("is given twice");
        assertProblem(items.get(5), "body-too-large", 413);
        assertThat(items.get(6).path("status").asText()).isEqualTo("PENDING");
    }

    @Test
    void showsHowFarTheJobsOfABatchAre() throws Exception {
        String user = "batcher-" + UUID.randomUUID();
        String foreign = fixture.submit("").toString();
        MvcTestResult answer = post(batch(List.of(
                ApiFixture.request("").replace("user-1", user),
                ApiFixture.request("\"maxAttempts\": 11").replace("user-1", user),
                ApiFixture.request("").replace(ApiFixture.DESIGN, "nowhere").replace("user-1", user),
                ApiFixture.request("\"name\": \"second\"").replace("user-1", user))));
        JsonNode items = items(answer);
        String batchId = JSON.readTree(answer.getResponse().getContentAsByteArray())
                .path("batchId")
                .asText();
        String first = items.at("/0/jobId").asText();
        String second = items.at("/3/jobId").asText();

        JsonNode batch = get("/jobs/batch/" + batchId);
        assertThat(batch.path("batchId").asText()).isEqualTo(batchId);
        assertThat(batch.path("total").asInt()).isEqualTo(2);
        assertThat(batch.at("/counts/PENDING").asInt()).isEqualTo(2);
        assertThat(batch.at("/counts/COMPLETED").asInt(-1)).isZero();
        assertThat(batch.path("done").asBoolean()).isFalse();
        assertThat(batch.path("jobs").findValuesAsText("jobId")).containsExactly(first, second);
        assertThat(get("/jobs/" + first).path("batchId").asText()).isEqualTo(batchId);
        assertThat(get("/jobs?userId=" + user + "&batchId=" + batchId)
                        .path("items")
                        .findValuesAsText("jobId"))
                .containsExactlyInAnyOrder(first, second);
        assertThat(get("/jobs/" + foreign).has("batchId")).isFalse();

        for (String id : List.of(first, second)) {
            assertThat(http.post().uri("/jobs/" + id + "/cancel").exchange()).hasStatus(202);
        }
        JsonNode done = get("/jobs/batch/" + batchId);
        assertThat(done.at("/counts/CANCELLED").asInt()).isEqualTo(2);
        assertThat(done.path("done").asBoolean()).isTrue();
    }

    @Test
    void storesNoJobOfABatchThatCouldNotBeStored() {
        DynamoDbClient failing = (DynamoDbClient) Proxy.newProxyInstance(
                DynamoDbClient.class.getClassLoader(), new Class<?>[] {DynamoDbClient.class}, (_, _, _) -> {
                    throw SdkClientException.create("on purpose");
                });
        Clock clock = Clock.systemUTC();
        JobDatabase database = new JobDatabase(
                failing, "local", clock, new JobStoreSettings(Duration.ofDays(1), Duration.ofMinutes(1)));
        Batches batches = new Batches(reader, submissions, new JobBatches(database, clock), slots, settings);
        JobId id = JobId.random();
        List<BatchRequest.Entry> jobs =
                BatchRequest.read(batch(List.of(ApiFixture.request("\"jobId\": \"" + id + "\""))));

        assertThatExceptionOfType(SdkClientException.class)
                .isThrownBy(() -> batches.accept(Caller.ANYONE, jobs))
                .withMessage("on purpose");

        assertThat(store.find(id)).isEmpty();
    }

    @Test
    void aBatchWithoutAdmittedJobsHasNoId() throws Exception {
        MvcTestResult answer = post(batch(List.of(ApiFixture.request("\"maxAttempts\": 11"))));

        assertThat(items(answer)).hasSize(1);
        assertThat(JSON.readTree(answer.getResponse().getContentAsByteArray()).has("batchId"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31", "x", "%3Cscript%3E"})
    void aBatchThatDoesNotExistIsUnknown(String id) {
        assertThat(http.get().uri(URI.create("/jobs/batch/" + id)).exchange()).hasStatus(404);
    }

    private JsonNode get(String path) throws Exception {
        MvcTestResult answer = http.get().uri(path).exchange();
        assertThat(answer).hasStatus(200);
        return JSON.readTree(answer.getResponse().getContentAsByteArray());
    }

    @Test
    void treatsOneIdAsRequestsThatCameOneAfterAnother() throws Exception {
        String id = "\"jobId\": \"" + UUID.randomUUID() + "\"";
        JsonNode items = items(post(batch(List.of(
                ApiFixture.request(id),
                ApiFixture.request(id),
                ApiFixture.request(id + ", \"maxAttempts\": 1"),
                ApiFixture.request(id)))));

        assertThat(items.get(0).path("status").asText()).isEqualTo("PENDING");
        assertThat(items.get(0).has("replayed")).isFalse();
        assertThat(items.get(1).path("replayed").asBoolean()).isTrue();
        assertProblem(items.get(2), "idempotency-conflict", 422);
        assertThat(items.get(3).path("replayed").asBoolean()).isTrue();
    }

    @Test
    void keepsTheOrderOfAnOrderingKey() throws Exception {
        String shoe = "\"orderingKey\": \"shoe-" + UUID.randomUUID() + "\"";
        String lamp = "\"orderingKey\": \"lamp-" + UUID.randomUUID() + "\"";
        List<String> jobs = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            jobs.add(ApiFixture.request(i % 3 == 0 ? "" : i % 3 == 1 ? shoe : lamp));
        }

        JsonNode items = items(post(batch(jobs)));

        for (int i = 0; i < items.size(); i++) {
            Job job = store.find(JobId.of(items.get(i).path("jobId").asText())).orElseThrow();
            assertThat(job.sequence()).isEqualTo(i % 3 == 0 ? 0 : i / 3 + 1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | jobs | is required",
                "[] | body | must be an object, not an array",
                "{\"jobs\": []} | jobs | must hold 1 to 100 jobs",
                "{\"jobs\": {}} | jobs | must be an array, not an object",
                "{\"jobs\": null} | jobs | is required",
                "{\"jobs\": [{}], \"jobs\": [{}]} | jobs | is given twice",
                "{\"jobs\": [{}], \"user\": 1} | user | is unknown; use one of jobs",
            })
    void refusesAnEnvelopeAsAWhole(String body, String field, String message) {
        assertThat(post(body))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0]")
                .asMap()
                .containsEntry("field", field)
                .containsEntry("message", message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"{\"jobs\": [", "{\"jobs\": [{]}", "{\"jobs\": [{}]} x", "``"})
    void refusesAnEnvelopeThatIsNotJson(String body) {
        assertThat(post(body))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:malformed-json");
    }

    @Test
    void refusesABatchWhoseValuesWouldTakeManyTimesItsSize() {
        MvcTestResult answer = post("{\"jobs\": [" + "{},".repeat(110_000) + "{}]}");

        assertThat(answer).hasStatus(400);
        assertThat(answer).bodyJson().extractingPath("$.detail").asString().contains("200000 names and values");
    }

    @Test
    void refusesMoreThanAHundredJobs() {
        assertThat(post(batch(Collections.nCopies(101, "{}"))))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0].message")
                .isEqualTo("must hold 1 to 100 jobs; send the others in another batch");
    }

    @Test
    void refusesAnOversizedBatch() {
        assertThat(post("{\"jobs\": [\"" + "x".repeat(7 << 20) + "\"]}")).hasStatus(413);
    }

    @Test
    void refusesAnIdempotencyKey() {
        assertThat(http.post()
                        .uri("/jobs/batch")
                        .header("Idempotency-Key", "key")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content(batch(List.of(ApiFixture.request(""))))
                        .exchange())
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0].field")
                .isEqualTo("Idempotency-Key");
    }

    private MvcTestResult post(String body) {
        return http.post()
                .uri("/jobs/batch")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange();
    }

    private static String batch(List<String> jobs) {
        return "{\"jobs\": [" + String.join(", ", jobs) + "]}";
    }

    private static JsonNode items(MvcTestResult answer) throws Exception {
        assertThat(answer).hasStatus(202);
        return JSON.readTree(answer.getResponse().getContentAsByteArray()).path("items");
    }

    private static void assertProblem(JsonNode item, String code, int status) {
        assertThat(item.has("jobId")).isFalse();
        assertThat(item.at("/problem/type").asText()).isEqualTo("urn:renderfleet:problem:" + code);
        assertThat(item.at("/problem/status").asInt()).isEqualTo(status);
    }
}
