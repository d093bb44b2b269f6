package io.renderfleet.api.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobResult;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.region.RegionId;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Whatever a compromised worker writes into the item of a job, no link leads outside of the files of that job. */
@ApiTest
class FileLocationTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final FileId RESULT = FileId.random();
    private static final FileId LOG = FileId.random();

    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    JobStore store;

    /** A completed job with a result and a log. */
    private JobId completed() {
        JobId id = fixture.submit("");
        store.route(id, 0, WEST);
        Job claimed = ((ClaimOutcome.Claimed) store.claim(id, 1, WEST, new WorkerId("worker-1"), Duration.ofMinutes(1)))
                .job();
        assertThat(store.complete(
                        claimed,
                        new JobResult(RESULT, "png", 1, "image/png"),
                        List.of(new Artifact(new ArtifactName("log.txt"), 1, LOG, WEST, 1, "text/plain"))))
                .isTrue();
        return id;
    }

    private MvcTestResult get(String path) {
        return http.get().uri(path).exchange();
    }

    private static JsonNode body(MvcTestResult answer) throws Exception {
        return JSON.readTree(answer.getResponse().getContentAsByteArray());
    }

    private static String location(MvcTestResult answer) {
        assertThat(answer).hasStatus(302);
        return URI.create(String.valueOf(answer.getResponse().getHeader("Location")))
                .getPath();
    }

    private static AttributeValue text(String value) {
        return AttributeValue.fromS(value);
    }

    /** The artifacts in the form of the job's item. */
    private static AttributeValue artifacts(String name, String attempt, String id, String region) {
        return AttributeValue.fromM(Map.of(
                name,
                AttributeValue.fromM(Map.of(
                        "n",
                        AttributeValue.fromN(attempt),
                        "id",
                        text(id),
                        "region",
                        text(region),
                        "bytes",
                        AttributeValue.fromN("1"),
                        "contentType",
                        text("text/plain")))));
    }

    @Test
    void aLinkLeadsToTheJobsOwnFilesWhateverBucketAndKeyTheItemNames() throws Exception {
        JobId id = completed();
        JobId victim = completed();
        fixture.write(
                id,
                Map.of(
                        "resultBucket", text("renderfleet-local-designs"),
                        "resultKey", text("results/" + victim + "/1/" + RESULT + ".png"),
                        "resultRegion", text("us-east-1")));

        String expected = "/renderfleet-local-results-us-west-2/results/" + id + "/1/" + RESULT + ".png";
        assertThat(location(get("/jobs/" + id + "/result"))).isEqualTo(expected);
        JsonNode job = body(get("/jobs/" + id));
        assertThat(URI.create(job.path("resultUrl").asText()).getPath()).isEqualTo(expected);
        assertThat(URI.create(job.at("/artifacts/0/url").asText()).getPath())
                .isEqualTo("/renderfleet-local-results-us-west-2/results/" + id + "/1/" + LOG + "/log.txt");
    }

    static List<Arguments> wrongItems() {
        return List.of(
                Arguments.of("resultId", text("../../../../x")),
                Arguments.of("resultId", text("x/y")),
                Arguments.of("resultExtension", text("/../../x")),
                Arguments.of("contentType", text("x".repeat(1000))),
                Arguments.of("attempt", AttributeValue.fromN("0")),
                Arguments.of("attempt", AttributeValue.fromN("-1")),
                Arguments.of("region", text("../us-west-2")),
                Arguments.of("artifacts", artifacts("../../x", "1", LOG.value(), "us-west-2")),
                Arguments.of("artifacts", artifacts("log.txt", "-1", LOG.value(), "us-west-2")),
                Arguments.of("artifacts", artifacts("log.txt", "1", "../../../../x", "us-west-2")));
    }

    @ParameterizedTest
    @MethodSource("wrongItems")
    void nothingIsSignedForAnItemWithWrongValues(String attribute, AttributeValue value) throws Exception {
        JobId id = completed();
        fixture.write(id, Map.of(attribute, value));

        for (String path : List.of("", "/result", "/artifacts/log.txt")) {
            MvcTestResult answer = get("/jobs/" + id + path);
            assertThat(answer).hasStatus(500).doesNotContainHeader("Location");
            assertThat(body(answer).path("type").asText()).isEqualTo("urn:renderfleet:problem:job-unreadable");
        }
    }

    @Test
    void nothingIsSignedForARegionThatTheDeploymentDoesNotHave() throws Exception {
        JobId id = completed();
        fixture.write(
                id,
                Map.of("region", text("eu-west-1"), "artifacts", artifacts("log.txt", "1", LOG.value(), "eu-south-1")));

        JsonNode job = body(get("/jobs/" + id));
        assertThat(job.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(job.has("resultUrl")).isFalse();
        assertThat(job.at("/artifacts/0").has("url")).isFalse();
        for (String path : List.of("/result", "/artifacts/log.txt")) {
            MvcTestResult answer = get("/jobs/" + id + path);
            assertThat(answer).hasStatus(500).doesNotContainHeader("Location");
            assertThat(body(answer).path("type").asText()).isEqualTo("urn:renderfleet:problem:file-unreachable");
            assertThat(body(answer).path("detail").asText()).contains(id.toString(), "renderfleet.regions");
            assertThat(http.head().uri("/jobs/" + id + path)).hasStatus(500);
        }
    }
}
