package io.renderfleet.api.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.api.ApiTest.OnLocalAws;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobControl;
import io.renderfleet.job.JobError;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobRecovery;
import io.renderfleet.job.JobStatus;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.region.FleetSettings;
import io.renderfleet.region.RegionId;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@ApiTest
class DeadLettersTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final String QUEUE = "renderfleet-local-us-west-2-render-normal";
    private static final String MASTER = "renderfleet-local-master-render-normal";
    private static final Duration LEASE = Duration.ofMinutes(1);

    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    JobStore store;

    @Autowired
    JobRecovery recovery;

    @Autowired
    JobControl control;

    @Autowired
    FleetSettings fleet;

    @BeforeEach
    void noLetters() {
        fixture.clearDeadLetters();
    }

    @Test
    void listsALetterWithItsJob() throws Exception {
        JobId id = routed();
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(id, "user-1", 1));

        JsonNode list = list("");

        JsonNode letter = list.path("items").get(0);
        assertThat(letter.path("jobId").asText()).isEqualTo(id.toString());
        assertThat(letter.path("queue").asText()).isEqualTo(QUEUE + "-dlq");
        assertThat(letter.path("region").asText()).isEqualTo("us-west-2");
        assertThat(letter.path("lane").asText()).isEqualTo("NORMAL");
        assertThat(letter.path("cause").asText()).isEqualTo("worker-crash-loop");
        assertThat(letter.path("jobStatus").asText()).isEqualTo("PENDING");
        assertThat(letter.path("ageSeconds").asLong()).isBetween(0L, 60L);
        assertThat(letter.has("body")).isFalse();
        assertThat(list.path("queues")).hasSize(48);
    }

    @Test
    void releasesInspectedMessagesAtOnce() throws Exception {
        for (int i = 0; i < 25; i++) {
            fixture.deadLetter(WEST, QUEUE, "noise " + i);
        }
        for (int looks = 0; looks < 3; looks++) {
            JsonNode list = list("?queue=" + QUEUE + "-dlq");
            assertThat(list.path("items")).hasSize(25);
            assertThat(list.at("/queues/0/letters").asLong()).isEqualTo(25);
        }
        assertThat(list("?limit=7").path("items")).hasSize(7);
    }

    @Test
    void tellsCausesApartAndFiltersByThem() throws Exception {
        JobId crashed = routed();
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(crashed, "user-1", 1));
        JobId unrouted = fixture.submit("");
        fixture.deadLetter(fleet.homeRegion(), MASTER, ApiFixture.message(unrouted, "user-1", 0));
        JobId rerouted = routed();
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(rerouted, "user-1", 0));
        JobId unknown = JobId.random();
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(unknown, "nobody", 3));
        fixture.deadLetter(WEST, QUEUE, "<html>");

        assertThat(jobIds("?cause=worker-crash-loop")).isEqualTo(crashed.toString());
        assertThat(jobIds("?cause=routing-failed")).isEqualTo(unrouted.toString());
        assertThat(jobIds("?cause=obsolete")).isEqualTo(rerouted.toString());
        assertThat(jobIds("?cause=unknown-job")).isEqualTo(unknown.toString());
        assertThat(list("?cause=unreadable").at("/items/0/body").asText()).isEqualTo("<html>");
        assertThat(jobIds("?userId=nobody")).isEqualTo(unknown.toString());
        assertThat(jobIds("?jobId=" + crashed)).isEqualTo(crashed.toString());
        assertThat(list("?olderThan=PT1H").path("items")).isEmpty();
        assertThat(list("?youngerThan=PT1H").path("items")).hasSize(5);
        JsonNode ofMaster = list("?cause=routing-failed").path("items").get(0);
        assertThat(ofMaster.get("region").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit=0         | limit     | must be from 1 to 500",
                "limit=501       | limit     | must be from 1 to 500",
                "cause=bad-luck  | cause     | must be one of worker-crash-loop, routing-failed",
                "region=mars     | region    | must be one of us-east-1, us-west-2, us-west-1",
                "lane=FAST       | lane      | must be one of HIGH, NORMAL, LOW, ORDERED",
                "jobId=1         | jobId     | must be a UUID",
                "olderThan=-PT1S | olderThan | must be an ISO-8601 duration",
                "lane=LOW&lane=LOW | lane    | must be given once",
                "queue=mine      | queue     | must be the name of a dead-letter queue, such as renderfleet-local-",
                "pool=gpu        | pool      | must be one of render, echo",
                "state=x         | state     | is unknown; use one of ",
            })
    void refusesInvalidParameters(String query, String field, String message) throws Exception {
        MvcTestResult answer = http.get().uri("/admin/dead-letters?" + query).exchange();

        assertThat(answer).hasStatus(400);
        JsonNode error = body(answer).at("/errors/0");
        assertThat(error.path("field").asText()).isEqualTo(field);
        assertThat(error.path("message").asText()).startsWith(message);
    }

    @Test
    void doesNotReadFiltersFromHeaders() {
        assertThat(http.delete()
                        .uri("/admin/dead-letters")
                        .header("Region", "us-west-2")
                        .header("userId", "user-1"))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:filter-required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"limit\": 10}", "{\"userId\": null}"})
    void sendsNothingAgainWithoutAFilter(String body) {
        assertThat(redriveCall(body))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:filter-required");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"user\": \"u\"} | user",
                "{\"limit\": 0, \"lane\": \"LOW\"} | limit",
                "{\"limit\": 1001, \"lane\": \"LOW\"} | limit",
                "{\"limit\": \"5\", \"lane\": \"LOW\"} | limit",
                "{\"olderThan\": \"an hour\"} | olderThan",
                "[] | body"
            })
    void refusesABodyItDoesNotUnderstand(String body, String field) {
        assertThat(redriveCall(body))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0].field")
                .isEqualTo(field);
    }

    @Test
    void sendsACrashLoopedJobAgainOnce() throws Exception {
        JobId id = routed();
        fixture.messagesOf(id);
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(id, "user-1", 1));

        JsonNode first = redrive("{\"jobId\": \"" + id + "\"}");

        assertThat(first.path("redriven").asInt()).isEqualTo(1);
        assertThat(first.at("/items/0/jobId").asText()).isEqualTo(id.toString());
        assertThat(first.at("/items/0/outcome").asText()).isEqualTo("redriven");
        assertThat(first.path("unfinished")).isEmpty();
        Job open = store.find(id).orElseThrow();
        assertThat(open.status()).isEqualTo(JobStatus.PENDING);
        assertThat(open.routeEpoch()).isEqualTo(2);

        assertThat(redrive("{\"jobId\": \"" + id + "\"}").path("items")).isEmpty();
        assertThat(fixture.messagesOf(id)).isEqualTo(1);
        assertThat(store.find(id).orElseThrow()).isEqualTo(open);
    }

    @Test
    void sendsAJobAgainThatTheReaperEnded() throws Exception {
        JobId id = fixture.submit("");
        fixture.deadLetter(fleet.homeRegion(), MASTER, ApiFixture.message(id, "user-1", 0));
        assertThat(recovery.deadLetter(id, 0, new JobError("routing-failed", "No region.")))
                .isEqualTo(JobRecovery.LetterOutcome.FAILED);

        assertThat(redrive("{\"cause\": \"routing-failed\"}").path("redriven").asInt())
                .isEqualTo(1);
        assertThat(store.find(id).orElseThrow().status()).isEqualTo(JobStatus.PENDING);
        assertThat(list("").path("items")).isEmpty();
    }

    @Test
    void isSafeToRepeatAfterACrashBetweenTheWriteAndTheSend() throws Exception {
        JobId id = routed();
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(id, "user-1", 1));
        recovery.deadLetter(id, 1, new JobError("worker-crash-loop", "It crashed."));
        control.retry(id, null);
        Job open = store.find(id).orElseThrow();

        JsonNode answer = redrive("{\"jobId\": \"" + id + "\"}");

        assertThat(answer.path("obsolete").asInt()).isEqualTo(1);
        assertThat(store.find(id).orElseThrow()).isEqualTo(open);
        assertThat(list("").path("items")).isEmpty();
    }

    @Test
    void keepsTheLetterWhenTheJobCannotBeQueued() throws Exception {
        JobId id = routed();
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(id, "user-1", 1));
        OnLocalAws.AWS.stopRegion(fleet.homeRegion());
        try {
            JsonNode answer = redrive("{\"jobId\": \"" + id + "\"}");
            assertThat(answer.path("failed").asInt()).isEqualTo(1);
            assertThat(answer.path("unfinished")).isNotEmpty();
        } finally {
            OnLocalAws.AWS.startRegion(fleet.homeRegion());
        }
        assertThat(jobIds("?cause=obsolete")).isEqualTo(id.toString());
    }

    @Test
    void keepsUnknownMessagesAndThoseOfRunningJobs() throws Exception {
        fixture.deadLetter(WEST, QUEUE, "{\"noise\": true}");
        JobId unknown = JobId.random();
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(unknown, "nobody", 1));
        JobId held = routed();
        assertThat(store.claim(held, 1, WEST, new WorkerId("worker-1"), LEASE))
                .isInstanceOf(ClaimOutcome.Claimed.class);
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(held, "user-1", 1));

        JsonNode answer = redrive("{\"region\": \"us-west-2\"}");

        assertThat(answer.path("kept").asInt()).isEqualTo(3);
        assertThat(answer.path("items")).hasSize(3);
        assertThat(list("").path("items")).hasSize(3);
        assertThat(store.find(held).orElseThrow().status()).isEqualTo(JobStatus.PROCESSING);
    }

    @Test
    void livesWithAMebibyteOfNoise() throws Exception {
        fixture.deadLetter(WEST, QUEUE, "x".repeat(1 << 20));

        JsonNode letter = list("").path("items").get(0);

        assertThat(letter.path("cause").asText()).isEqualTo("unreadable");
        assertThat(letter.path("body").asText()).hasSize(500);
        assertThat(redrive("{\"cause\": \"unreadable\"}").path("kept").asInt()).isEqualTo(1);
        assertThat(list("").path("items")).hasSize(1);
    }

    @Test
    void deletesLettersThatAreNotOursOrStandForNothing() throws Exception {
        fixture.deadLetter(WEST, QUEUE, "noise");
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(JobId.random(), "nobody", 1));
        JobId held = routed();
        assertThat(store.claim(held, 1, WEST, new WorkerId("worker-1"), LEASE))
                .isInstanceOf(ClaimOutcome.Claimed.class);
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(held, "user-1", 1));

        JsonNode junk = delete("?cause=unreadable");
        assertThat(junk.path("deleted").asInt()).isEqualTo(1);
        assertThat(list("").path("items")).hasSize(2);

        JsonNode rest = delete("?queue=" + QUEUE + "-dlq");
        assertThat(rest.path("deleted").asInt()).isEqualTo(1);
        assertThat(rest.path("kept").asInt()).isEqualTo(1);
        assertThat(list("").at("/items/0/jobId").asText()).isEqualTo(held.toString());
        assertThat(store.find(held).orElseThrow().status()).isEqualTo(JobStatus.PROCESSING);
    }

    @Test
    void deletesALetterByItsNameAndEndsTheJobThatWaitedForIt() throws Exception {
        JobId one = routed();
        JobId other = routed();
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(one, "user-1", 1));
        fixture.deadLetter(WEST, QUEUE, ApiFixture.message(other, "user-1", 1));
        String messageId = list("?jobId=" + one).at("/items/0/messageId").asText();

        assertThat(delete("?messageId=" + messageId).path("deleted").asInt()).isEqualTo(1);

        assertThat(jobIds("")).isEqualTo(other.toString());
        assertThat(store.find(one).orElseThrow().status()).isEqualTo(JobStatus.FAILED);
        assertThat(store.find(other).orElseThrow().status()).isEqualTo(JobStatus.PENDING);
    }

    @Test
    void deletesNothingWithoutAFilter() throws Exception {
        MvcTestResult answer = http.delete().uri("/admin/dead-letters").exchange();
        assertThat(answer).hasStatus(400);
        assertThat(body(answer).path("type").asText()).isEqualTo("urn:renderfleet:problem:filter-required");
    }

    @Test
    void aRegionIsWhereTheJobWasLastSentAndNotWhereItsLetterIs() throws Exception {
        JobId id = routed();
        fixture.deadLetter(fleet.homeRegion(), MASTER, ApiFixture.message(id, "user-1", 0));

        assertThat(jobIds("?region=us-west-2")).isEqualTo(id.toString());
        assertThat(list("?region=us-east-1").path("items")).isEmpty();
    }

    private JsonNode delete(String query) throws Exception {
        MvcTestResult answer = http.delete().uri("/admin/dead-letters" + query).exchange();
        assertThat(answer).hasStatus(200);
        return body(answer);
    }

    @Test
    void endsAtItsLimitAndContinuesWhenRepeated() throws Exception {
        for (int i = 0; i < 5; i++) {
            JobId id = routed();
            fixture.deadLetter(WEST, QUEUE, ApiFixture.message(id, "user-1", 1));
        }
        JsonNode first = redrive("{\"region\": \"us-west-2\", \"limit\": 3}");
        assertThat(first.path("redriven").asInt()).isEqualTo(3);
        assertThat(first.path("unfinished")).isNotEmpty();

        JsonNode second = redrive("{\"region\": \"us-west-2\"}");
        assertThat(second.path("redriven").asInt()).isEqualTo(2);
        assertThat(second.path("unfinished")).isEmpty();
    }

    private JobId routed() {
        JobId id = fixture.submit("");
        store.route(id, 0, WEST);
        return id;
    }

    private JsonNode list(String query) throws Exception {
        MvcTestResult answer = http.get().uri("/admin/dead-letters" + query).exchange();
        assertThat(answer).hasStatus(200).hasHeader("Cache-Control", "no-store");
        return body(answer);
    }

    private String jobIds(String query) throws Exception {
        return String.join(",", list(query).path("items").findValuesAsText("jobId"));
    }

    private JsonNode redrive(String body) throws Exception {
        MvcTestResult answer = redriveCall(body);
        assertThat(answer).hasStatus(200);
        return body(answer);
    }

    private MvcTestResult redriveCall(String body) {
        return http.post()
                .uri("/admin/dead-letters/redrive")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange();
    }

    private static JsonNode body(MvcTestResult answer) throws Exception {
        return JSON.readTree(answer.getResponse().getContentAsByteArray());
    }
}
