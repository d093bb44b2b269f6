package io.renderfleet.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.blob.ResultStore;
import io.renderfleet.job.Artifact;
import io.renderfleet.job.ArtifactName;
import io.renderfleet.job.FileId;
import io.renderfleet.job.Job;
import io.renderfleet.job.JobId;
import io.renderfleet.job.JobStore;
import io.renderfleet.job.JobStore.ClaimOutcome;
import io.renderfleet.job.WorkerId;
import io.renderfleet.region.RegionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/**
 * Executes the examples of the OpenAPI document. Each operation must have what a request needs: an example of each
 * variable of the path and of each required parameter, and at least one of the body. They are sent together with the examples
 * of the other parameters, except headers, and must succeed. Uploads come first, deletions last.
 *
 * <p>What they need is there: the shared design test-design-1, the models and templates of the settings, and the jobs and
 * batches that a path names. Their ids replace those of the examples, because the service chooses them or the job must be in
 * a certain state: an open one to cancel it, a cancelled one to retry it, and otherwise one that is completed and has the
 * artifact log.txt. The present replaces the time of an event, because old events are refused.
 */
@ApiTest
@Timeout(180)
class OpenApiExamplesTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RegionId WEST = new RegionId("us-west-2");
    private static final String USER = "user-1";

    /** In the example of an event. */
    private static final String EVENT_TIME = "2026-11-27T20:00:00.000Z";

    /** The order in which the examples are executed. */
    private static final List<String> METHODS = List.of("put", "post", "patch", "get", "head", "options", "delete");

    @TempDir
    Path directory;

    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Autowired
    JobStore store;

    @Autowired
    ResultStore results;

    private record Operation(String method, String path, JsonNode described) {
        @Override
        public String toString() {
            return method.toUpperCase(Locale.ROOT) + " " + path;
        }
    }

    private static final class Body {
        private final String type;
        private final byte[] content;

        Body(String type, byte[] content) {
            this.type = type;
            this.content = content;
        }
    }

    @Test
    void everyOperationHasAnExampleThatSucceeds() throws Exception {
        List<Operation> operations = operations(document());
        assertThat(operations).hasSizeGreaterThan(45);
        List<String> failed = new ArrayList<>();
        for (Operation operation : operations) {
            for (Body body : bodies(operation, failed)) {
                String uri = uri(operation, failed);
                int status = execute(operation, uri, body);
                if (status < 200 || status >= 400) {
                    failed.add("%s: %d for %s %s"
                            .formatted(operation, status, uri, new String(body.content, StandardCharsets.UTF_8)));
                }
            }
        }
        assertThat(failed).isEmpty();
    }

    /** {@code make lint-openapi} and {@code make test-clients} read it. */
    @Test
    void writesTheDocumentForOtherTools() throws Exception {
        Path target = Path.of("target", "openapi.json");
        Files.createDirectories(target.getParent());
        Files.writeString(target, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document()));

        assertThat(JSON.readTree(target.toFile())
                        .at("/paths/~1jobs/post/summary")
                        .asText())
                .isNotBlank();
    }

    private JsonNode document() throws IOException {
        MvcTestResult answer = http.get().uri("/v3/api-docs").exchange();
        assertThat(answer).hasStatus(200);
        return JSON.readTree(answer.getResponse().getContentAsByteArray());
    }

    private static List<Operation> operations(JsonNode document) {
        List<Operation> operations = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(operation -> METHODS.contains(operation.getKey()))
                        .forEach(operation -> operations.add(
                                new Operation(operation.getKey(), path.getKey(), operation.getValue()))));
        operations.sort(Comparator.comparingInt(operation -> METHODS.indexOf(operation.method())));
        return operations;
    }

    /** The bodies to send: one that is empty if the operation has none. */
    private static List<Body> bodies(Operation operation, List<String> failed) {
        JsonNode contents = operation.described().at("/requestBody/content");
        if (contents.isMissingNode()) {
            return List.of(new Body("", new byte[0]));
        }
        List<Body> bodies = new ArrayList<>();
        contents.properties().forEach(content -> {
            JsonNode described = content.getValue();
            described.path("examples").forEach(example -> bodies.add(new Body(content.getKey(), bytes(example))));
            if (described.has("example")) {
                bodies.add(new Body(content.getKey(), bytes(described.path("example"))));
            }
        });
        if (bodies.isEmpty()) {
            failed.add(operation + " has no example of its body");
        }
        return bodies;
    }

    /** A binary body is in an extension, because an example of it can only be a text. */
    private static byte[] bytes(JsonNode example) {
        String base64 = example.path("x-base64").asText();
        if (!base64.isEmpty()) {
            return Base64.getDecoder().decode(base64);
        }
        JsonNode value = example.has("value") ? example.path("value") : example;
        try {
            return (value.isTextual() ? value.asText() : JSON.writeValueAsString(value))
                    .replace(EVENT_TIME, Instant.now().toString())
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String uri(Operation operation, List<String> failed) throws Exception {
        String path = operation.path();
        StringBuilder query = new StringBuilder();
        for (JsonNode parameter : operation.described().path("parameters")) {
            String name = parameter.path("name").asText();
            List<String> examples = examples(parameter);
            if (examples.isEmpty() && parameter.path("required").asBoolean()) {
                failed.add(operation + " has no example of " + name);
            }
            for (String example : examples) {
                String encoded = URLEncoder.encode(example, StandardCharsets.UTF_8);
                switch (parameter.path("in").asText()) {
                    case "path" -> path = path.replace("{" + name + "}", encoded);
                    case "query" ->
                        query.append(query.isEmpty() ? '?' : '&')
                                .append(name)
                                .append('=')
                                .append(encoded);
                    default -> {}
                }
            }
        }
        for (Map.Entry<String, String> example : Map.of(
                        "{jobId}", "6f1c8a52-7f43-4d0e-9b1a-2c7e0d5a4b31",
                        "{batchId}", "0d5f3c9e-2b1a-4c6d-8e7f-9a0b1c2d3e4f")
                .entrySet()) {
            if (operation.path().contains(example.getKey())) {
                assertThat(path).as("the example of " + example.getKey()).contains(example.getValue());
                path = path.replace(example.getValue(), existing(operation, example.getKey()));
            }
        }
        return path + query;
    }

    /** The values of a parameter: one, none, or those of an array. */
    private static List<String> examples(JsonNode parameter) {
        JsonNode example = parameter.has("example") ? parameter.path("example") : parameter.at("/schema/example");
        List<String> examples = new ArrayList<>();
        if (example.isArray()) {
            example.forEach(item -> examples.add(item.asText()));
        } else if (!example.isMissingNode()) {
            examples.add(example.asText());
        }
        return examples;
    }

    /** The id of a job or batch on which the operation succeeds. */
    private String existing(Operation operation, String variable) throws Exception {
        if (variable.equals("{batchId}")) {
            return operation.path().startsWith("/jobs/") ? batchOfJobs() : batch();
        }
        return switch (operation.path()) {
            case "/jobs/{jobId}/cancel" -> fixture.submit(USER, "").toString();
            case "/jobs/{jobId}/retry" -> cancelled();
            default -> completed();
        };
    }

    private String cancelled() {
        String id = fixture.submit(USER, "").toString();
        assertThat(http.post().uri("/jobs/" + id + "/cancel").exchange()).hasStatus(202);
        return id;
    }

    private String completed() throws IOException {
        JobId id = fixture.submit(USER, "");
        store.route(id, 0, WEST);
        Job job = ((ClaimOutcome.Claimed) store.claim(id, 1, WEST, new WorkerId("worker-1"), Duration.ofMinutes(1)))
                .job();
        Path file = Files.writeString(directory.resolve("file-" + UUID.randomUUID()), "a file");
        Artifact log = results.store(
                id,
                new Artifact(new ArtifactName("log.txt"), 1, FileId.random(), WEST, 0, "text/plain"),
                file,
                () -> {});
        assertThat(store.complete(job, results.store(WEST, id, 1, "png", "image/png", file, () -> {}), List.of(log)))
                .isTrue();
        return id.toString();
    }

    private String batchOfJobs() throws IOException {
        MvcTestResult answer = http.post()
                .uri("/jobs/batch")
                .contentType(MediaType.APPLICATION_JSON)
                .content("{\"jobs\": [" + ApiFixture.request("") + "]}")
                .exchange();
        assertThat(answer).hasStatus(202);
        return JSON.readTree(answer.getResponse().getContentAsByteArray())
                .path("batchId")
                .asText();
    }

    /** A batch that was cancelled, so that it is over soon. */
    private String batch() throws IOException {
        MvcTestResult answer = http.post()
                .uri("/batches?userId=" + USER)
                .contentType("application/jsonl")
                .content("""
                        {"custom_id": "a-1", "body": {"model": "assessment", "messages": [{"role": "user", "content": "Is it?"}]}}
                        """)
                .exchange();
        assertThat(answer).hasStatus(202);
        String id = JSON.readTree(answer.getResponse().getContentAsByteArray())
                .path("id")
                .asText();
        assertThat(http.post().uri("/batches/" + id + "/cancel").exchange()).hasStatus(202);
        return id;
    }

    private int execute(Operation operation, String uri, Body body) {
        if (!operation.method().equals("get")) {
            return send(operation, uri, body);
        }
        // Only what changes nothing is repeated: the results of a batch take a moment.
        int[] status = new int[1];
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            status[0] = send(operation, uri, body);
            return status[0] != 409;
        });
        return status[0];
    }

    private int send(Operation operation, String uri, Body body) {
        MvcTestResult result = exchange(operation, uri, body);
        // Another thread may end a stream while its request is still being handled. Servers have locks for that, but
        // the mock has none.
        for (int again = 0;
                again < 5 && result.getUnresolvedException() instanceof ConcurrentModificationException;
                again++) {
            assertThat(isStream(operation)).isTrue();
            result = exchange(operation, uri, body);
        }
        return result.getResponse().getStatus();
    }

    private MvcTestResult exchange(Operation operation, String uri, Body body) {
        var request = http.method(HttpMethod.valueOf(operation.method().toUpperCase(Locale.ROOT)))
                .uri(URI.create(uri));
        if (!body.type.isEmpty()) {
            request.contentType(MediaType.parseMediaType(body.type)).content(body.content);
        }
        // A stream does not end.
        return isStream(operation) ? request.asyncExchange() : request.exchange();
    }

    private static boolean isStream(Operation operation) {
        return !operation
                .described()
                .at("/responses/200/content/text~1event-stream")
                .isMissingNode();
    }
}
