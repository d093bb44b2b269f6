package io.renderfleet.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiTest.OnLocalAws;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The service as it is started, with its settings file, on ports of its own. */
class ApiServerTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static ConfigurableApplicationContext service;

    @BeforeAll
    static void start() {
        SpringApplication application = ApiServiceApplication.create();
        Map<String, String> properties = new HashMap<>(OnLocalAws.AWS.serviceProperties());
        properties.putAll(Map.of("server.port", "0", "management.server.port", "0"));
        service = application.run(properties.entrySet().stream()
                .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                .toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        service.close();
        CLIENT.close();
    }

    @Test
    void isReadyOnItsManagementPortOnly() throws Exception {
        assertThat(get("local.management.port", "/actuator/health/readiness").body())
                .contains("UP");
        assertThat(get("local.management.port", "/actuator/prometheus").statusCode())
                .isEqualTo(200);
        assertThat(get("local.server.port", "/actuator/health").statusCode()).isEqualTo(404);
    }

    @Test
    void describesEveryOperationWithItsProblems() throws Exception {
        JsonNode document =
                JSON.readTree(get("local.server.port", "/v3/api-docs").body());

        assertThat(document.path("openapi").asText()).startsWith("3.1");
        assertThat(document.at("/components/schemas/Job/properties/regions/type")
                        .asText())
                .isEqualTo("array");
        assertThat(document.path("paths").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "/jobs",
                        "/jobs/batch",
                        "/jobs/batch/{batchId}",
                        "/jobs/{jobId}",
                        "/jobs/{jobId}/events",
                        "/jobs/events",
                        "/jobs/{jobId}/preview",
                        "/jobs/{jobId}/result",
                        "/jobs/{jobId}/artifacts/{name}",
                        "/jobs/{jobId}/cancel",
                        "/jobs/{jobId}/retry",
                        "/admin/jobs",
                        "/admin/regions",
                        "/admin/regions/{regionId}/drain",
                        "/admin/regions/{regionId}/undrain",
                        "/admin/queues",
                        "/admin/dead-letters",
                        "/admin/dead-letters/redrive",
                        "/admin/unreadable-jobs",
                        "/admin/settings",
                        "/admin/keys",
                        "/admin/keys/{pool}/verify",
                        "/admin/keys/{pool}/{id}/disable",
                        "/admin/keys/{pool}/{id}/drain",
                        "/admin/keys/{pool}/{id}/enable",
                        "/admin/keys/{pool}/{id}/rotate",
                        "/admin/keys/{pool}/{id}/verify",
                        "/inputs/{name}",
                        "/batches",
                        "/batches/{batchId}",
                        "/batches/{batchId}/cancel",
                        "/batches/{batchId}/errors",
                        "/batches/{batchId}/output",
                        "/events",
                        "/events/stream",
                        "/alerts",
                        "/alerts/events",
                        "/alerts/rules",
                        "/alerts/rules/{name}",
                        "/designs",
                        "/designs/{designId}",
                        "/designs/{designId}/content",
                        "/designs/{designId}/thumbnail",
                        "/webhook",
                        "/webhook/secret",
                        "/webhook/test");
        document.path("paths")
                .forEach(path -> path.forEach(operation -> {
                    assertThat(operation.path("summary").asText()).isNotBlank();
                    assertThat(operation.path("operationId").asText())
                            .as("a verb and an object: the method of generated clients")
                            .matches("[a-z]+[A-Z][A-Za-z]+");
                    assertThat(operation
                                    .at("/responses/500/content/application~1problem+json/schema/$ref")
                                    .asText())
                            .isEqualTo("#/components/schemas/Problem");
                }));
        for (String method : List.of("get", "delete")) {
            JsonNode parameters = document.at("/paths/~1admin~1dead-letters/" + method + "/parameters");
            assertThat(parameters.findValuesAsText("name"))
                    .containsExactly(
                            "messageId",
                            "jobId",
                            "userId",
                            "region",
                            "queue",
                            "pool",
                            "lane",
                            "cause",
                            "olderThan",
                            "youngerThan",
                            "limit");
            assertThat(parameters).allSatisfy(parameter -> {
                assertThat(parameter.path("in").asText()).isEqualTo("query");
                assertThat(parameter.path("required").asBoolean()).isFalse();
            });
        }
        JsonNode submit = document.at("/paths/~1jobs/post");
        assertThat(submit.path("responses").fieldNames())
                .toIterable()
                .contains("202", "400", "413", "415", "422", "429", "503");
        JsonNode body = submit.at("/requestBody/content/application~1json");
        assertThat(body.path("examples").fieldNames())
                .toIterable()
                .containsExactly(
                        "echo, shortest",
                        "inference, shortest",
                        "inference, everything",
                        "render, shortest",
                        "render, everything");
        assertThat(body.at("/schema/$ref").asText()).isEqualTo("#/components/schemas/AnyJobRequest");
        JsonNode any = document.at("/components/schemas/AnyJobRequest");
        assertThat(any.path("oneOf")).hasSize(3);
        assertThat(any.at("/discriminator/mapping/render").asText()).isEqualTo("#/components/schemas/render-job");
        assertThat(document.at("/components/schemas/render-job/allOf").findValuesAsText("$ref"))
                .containsExactly("#/components/schemas/JobRequest", "#/components/schemas/RenderRequest");
        JsonNode request = document.at("/components/schemas/RenderRequest");
        assertThat(request.path("required")).extracting(JsonNode::asText).contains("designId", "camera");
        assertThat(document.at("/components/schemas/JobRequest/required"))
                .extracting(JsonNode::asText)
                .as("userId is the subject of the token")
                .doesNotContain("userId");
        assertThat(document.at("/components/schemas/Output/properties/width/maximum")
                        .asInt())
                .isEqualTo(4096);
    }

    @Test
    void theDescriptionHasASchemaForEachHeaderAndExamplesOfTheTypeOfTheirSchema() throws Exception {
        JsonNode document =
                JSON.readTree(get("local.server.port", "/v3/api-docs").body());
        document.path("paths")
                .forEach(path -> path.forEach(operation -> operation
                        .path("responses")
                        .forEach(response -> assertThat(response.path("headers"))
                                .allSatisfy(header -> assertThat(
                                                header.path("schema").isObject())
                                        .isTrue()))));
        assertThat(document.at("/paths/~1jobs~1batch/post/requestBody/content/application~1json/examples"))
                .allSatisfy(example -> assertThat(example.path("value").isObject())
                        .as(example.toString())
                        .isTrue());
        JsonNode event = document.at("/components/schemas/Event/properties");
        assertThat(event.at("/trafficGroups/type").asText())
                .as(event.toString())
                .isEqualTo("array");
        assertThat(event.at("/trafficGroups/items/type").asText()).isEqualTo("object");
        assertThat(event.at("/groupImages/type").asText()).isEqualTo("object");
    }

    @Test
    void referencesOnlySchemasThatAreThere() throws Exception {
        String text = get("local.server.port", "/v3/api-docs").body();
        JsonNode schemas = JSON.readTree(text).at("/components/schemas");

        List<String> references = JSON.readTree(text).findValuesAsText("$ref");
        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(schemas.has(reference.substring("#/components/schemas/".length())))
                        .as(reference)
                        .isTrue());
    }

    @Test
    void hasAPageToTryTheApi() throws Exception {
        HttpResponse<String> answer = get("local.server.port", "/swagger-ui.html");

        assertThat(answer.statusCode()).isEqualTo(302);
        String page = answer.headers().firstValue("Location").orElseThrow();
        assertThat(get("local.server.port", URI.create(page).getPath()).body()).contains("Swagger UI");
    }

    @ParameterizedTest
    @CsvSource({
        "server, GET /jobs/%zz HTTP/1.1",
        "management, GET /actuator/%zz HTTP/1.1",
        "management, GET /actuator/{} HTTP/1.1",
        "management, GET",
    })
    void answersAnInvalidRequestWithAProblemOnEveryPort(String server, String line) throws IOException {
        String answer = raw(server, line);

        assertThat(answer)
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json")
                .contains("urn:renderfleet:problem:invalid-request")
                .contains("X-Content-Type-Options: nosniff", "Content-Security-Policy: ", "X-Frame-Options: DENY")
                .doesNotContain("Tomcat");
    }

    @Test
    void refusesAnOversizedUploadBeforeItIsSent() throws IOException {
        String answer = raw(
                "server",
                "PUT /designs/large HTTP/1.1",
                "Content-Type: model/gltf-binary",
                "Content-Length: 67108865",
                "Expect: 100-continue");

        assertThat(answer).startsWith("HTTP/1.1 413").contains("urn:renderfleet:problem:body-too-large");
    }

    @Test
    void takesAnUploadWhileManyOthersAreSlow() throws Exception {
        byte[] cube = SampleDesigns.all().getLast().glb();
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 24; i++) {
                slow.add(slowUpload("slow-" + i));
            }
            HttpResponse<String> answer = CLIENT.send(
                    HttpRequest.newBuilder(
                                    URI.create("http://127.0.0.1:" + port("local.server.port") + "/designs/quick"))
                            .timeout(Duration.ofSeconds(20))
                            .header("Content-Type", "model/gltf-binary")
                            .PUT(HttpRequest.BodyPublishers.ofByteArray(cube))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /** An upload of which the service waits for the first byte: it has told the client to go on. */
    private static Socket slowUpload(String design) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port("local.server.port"));
        socket.setSoTimeout(10_000);
        String head = "PUT /designs/" + design + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: model/gltf-binary\r\n"
                + "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                .isEqualTo("HTTP/1.1 100");
        return socket;
    }

    private static String raw(String server, String... lines) throws IOException {
        String request = String.join("\r\n", lines) + "\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port("local." + server + ".port"))) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static HttpResponse<String> get(String port, String path) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(port) + path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofString());
    }

    private static int port(String name) {
        return service.getEnvironment().getRequiredProperty(name, Integer.class);
    }
}
