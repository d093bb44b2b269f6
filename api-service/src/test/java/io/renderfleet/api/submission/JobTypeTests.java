package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiTest;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.jobtype.JobTypes;
import io.renderfleet.testing.echo.EchoJobType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** A job type that no main source knows, with a field of every kind. */
@ApiTest
class JobTypeTests {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Autowired
    MockMvcTester http;

    @Autowired
    JobStore store;

    @Test
    void acceptsAJobOfAnyTypeThatIsThere() throws Exception {
        MvcTestResult answer = post("""
                {"type": "echo", "userId": "user-1", "text": "hello", "behaviour": "NORMAL", "delay": "PT0.1S",
                 "times": 2.0, "loud": true, "weights": {"a": 1, "b": 2.5},
                 "parts": [{"name": "one", "sizes": [1, 2e1]}, {"name": "two"}], "priority": "LOW"}""");

        assertThat(answer).hasStatus(202);
        Job job = store.find(JobId.of(body(answer).path("jobId").asText())).orElseThrow();
        assertThat(job.type()).isEqualTo(EchoJobType.NAME);
        assertThat(job.pool()).isEqualTo(EchoJobType.POOL);
        assertThat(job.payload())
                .isNotNull()
                .satisfies(
                        payload -> assertThat(payload.json()).contains("hello").contains("\"times\":2"));
        assertThat(body(http.get().uri("/jobs/" + job.id()).exchange())
                        .at("/text")
                        .asText())
                .isEqualTo("hello");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"text\": 7 | text | must be a string, not a number",
                "\"text\": \"a\", \"behaviour\": \"DANCE\" | behaviour | must be one of NORMAL, HANG, REJECT, FAIL, THROW_ERROR, RETURN_NOTHING, WRITE_ARTIFACTS, LOG_AND_FAIL, WRITE_TOO_MUCH, FORK",
                "\"text\": \"a\", \"behaviour\": 1 | behaviour | must be one of NORMAL, HANG, REJECT, FAIL, THROW_ERROR, RETURN_NOTHING, WRITE_ARTIFACTS, LOG_AND_FAIL, WRITE_TOO_MUCH, FORK",
                "\"text\": \"a\", \"behaviour\": {} | behaviour | must be a string, not an object",
                "\"text\": \"a\", \"delay\": \"soon\" | delay | must be an ISO-8601 duration such as PT30M",
                "\"text\": \"a\", \"delay\": 5 | delay | must be a string with an ISO-8601 duration such as PT30M, not a number",
                "\"text\": \"a\", \"times\": 0 | times | must be 1 or more",
                "\"text\": \"a\", \"times\": true | times | must be a whole number, not a boolean",
                "\"text\": \"a\", \"loud\": \"true\" | loud | must be a boolean, not a string",
                "\"text\": \"a\", \"loud\": 1 | loud | must be a boolean, not a number",
                "\"text\": \"a\", \"parts\": {} | parts | must be an array, not an object",
                "\"text\": \"a\", \"parts\": [1] | parts[0] | must be an object, not a number",
                "\"text\": \"a\", \"parts\": [{}] | parts[0].name | is required",
                "\"text\": \"a\", \"parts\": [{\"name\": \"b\"}, {\"name\": \"c\", \"sizes\": [1, \"2\"]}] | parts[1].sizes[1] | must be a whole number, not a string",
                "\"text\": \"a\", \"parts\": [{\"name\": \"b\", \"size\": 1}] | parts[0].size | is unknown; use one of name, sizes",
                "\"text\": \"a\", \"parts\": [{\"name\": \"b\", \"name\": \"c\"}] | parts[0].name | is given twice",
                "\"text\": \"a\", \"weights\": [] | weights | must be an object, not an array",
                "\"text\": \"a\", \"weights\": {\"b\": \"1\"} | weights.b | must be a number, not a string",
                "\"text\": \"a\", \"designId\": \"b\" | designId | is unknown; use one of behaviour, callbackUrl, delay, jobId, labels, loud, maxAttempts, name, orderingKey, parts, priority, regions, startWithin, text, timeout, times, topic, type, userId, weights",
            })
    void namesWhatIsWrongAndWhere(String fields, String field, String message) throws Exception {
        MvcTestResult answer = post("{\"type\": \"echo\", \"userId\": \"user-1\", " + fields + "}");

        assertThat(answer).hasStatus(400);
        assertThat(body(answer).path("errors")).singleElement().satisfies(error -> {
            assertThat(error.path("field").asText()).isEqualTo(field);
            assertThat(error.path("message").asText()).isEqualTo(message);
        });
    }

    @Test
    void namesEverythingThatIsWrongInBothParts() throws Exception {
        MvcTestResult answer = post("""
                {"type": "echo", "priority": 1, "text": 2, "times": "3", "parts": [{"sizes": [true]}], "more": 4}""");

        assertThat(answer).hasStatus(400);
        assertThat(body(answer).path("errors"))
                .extracting(error -> error.path("field").asText())
                .containsExactlyInAnyOrder(
                        "priority", "userId", "text", "times", "parts[0].sizes[0]", "parts[0].name", "more");
    }

    @Test
    void answersWithTheProblemOfTheType() throws Exception {
        MvcTestResult answer = post("{\"type\": \"echo\", \"userId\": \"user-1\", \"text\": \" \"}");

        assertThat(answer).hasStatus(422);
        assertThat(body(answer).path("type").asText()).isEqualTo("urn:renderfleet:problem:nothing-to-echo");
    }

    @Test
    void keepsALargePayload() throws Exception {
        MvcTestResult answer =
                post("{\"type\": \"echo\", \"userId\": \"user-1\", \"text\": \"" + "x".repeat(60_000) + "\"}");

        assertThat(answer).hasStatus(202);
        Job job = store.find(JobId.of(body(answer).path("jobId").asText())).orElseThrow();
        assertThat(store.payload(job).orElseThrow().bytes()).isGreaterThan(60_000);
    }

    @Test
    void refusesAPayloadOverItsLimit() throws Exception {
        assertThat(post("{\"type\": \"echo\", \"userId\": \"user-1\", \"text\": \"" + "x".repeat(66_000) + "\"}"))
                .hasStatus(413);
    }

    @Test
    void doesNotStartWithTwoTypesOfOneName() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new JobTypes(List.of(new EchoJobType(), new EchoJobType())))
                .withMessage("Two job types have the name echo");
    }

    private MvcTestResult post(String body) {
        return http.post()
                .uri("/jobs")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange();
    }

    private static JsonNode body(MvcTestResult answer) throws Exception {
        return JSON.readTree(answer.getResponse().getContentAsByteArray());
    }
}
