package io.renderfleet.api.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@ApiTest
class QueryParametersTests {
    private static final String JOB = "/jobs/0ce9099c-c22d-415c-8054-798be7fd6513";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Autowired
    MockMvcTester http;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET  | /designs?page=2            | page   | is unknown; use one of limit, q, cursor",
                "GET  | /designs?limit=1&limit=2   | limit  | must be given once",
                "GET  | /designs?li%6Dit=1&limit=2 | limit  | must be given once",
                "GET  | /designs?limit%zz=1        | limit%zz | is unknown; use one of limit, q, cursor",
                "GET  | /designs/a?version=1       | version | is unknown; use one of userId",
                "GET  | /jobs?userId=u&state=x     | state  | is unknown; use one of userId, status",
                "GET  | /jobs?userId=u&userId=v    | userId | must be given once",
                "GET  | " + JOB + "?a=b            | a      | is unknown; this request takes no query parameters",
                "HEAD | " + JOB + "/result?a=b     | a      | is unknown; this request takes no query parameters",
                "POST | " + JOB + "/cancel?user=u  | user   | is unknown; use one of userId",
                "POST | " + JOB + "/retry?userId=u&userId=u | userId | must be given once",
                "GET  | /admin/queues?lane=LOW     | lane   | is unknown; this request takes no query parameters",
                "GET  | /admin/dead-letters?x      | x      | is unknown; use one of messageId, jobId, userId",
            })
    void refusesUnknownAndRepeatedParametersEverywhere(String method, String uri, String field, String message)
            throws Exception {
        MvcTestResult answer = http.method(HttpMethod.valueOf(method))
                .uri(URI.create(uri.replace("%zz", "%25zz")))
                .exchange();

        assertThat(answer).hasStatus(400);
        JsonNode error = JSON.readTree(answer.getResponse().getContentAsByteArray())
                .path("errors")
                .get(0);
        assertThat(error.path("field").asText()).isEqualTo(field);
        assertThat(error.path("message").asText()).startsWith(message);
    }

    @Test
    void refusesASubmissionWithParameters() {
        assertThat(http.post()
                        .uri("/jobs?dryRun=true")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content(ApiFixture.request(""))
                        .exchange())
                .hasStatus(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/designs?", "/designs?limit=1", "/designs?&limit=1&"})
    void acceptsKnownParameters(String uri) {
        assertThat(http.get().uri(URI.create(uri)).exchange()).hasStatus(200);
    }

    @Test
    void readsNoBodyForParameters() {
        assertThat(http.post()
                        .uri(JOB + "/cancel")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"limit\": 1}")
                        .exchange())
                .hasStatus(404);
    }

    @Test
    void refusesAFormWithoutReadingIt() {
        assertThat(http.post()
                        .uri(JOB + "/cancel")
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .content("limit=1")
                        .exchange())
                .hasStatus(415);
    }
}
