package io.renderfleet.jobtype.render.design;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.identity.Library;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@ApiTest
class DesignTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] CUBE = SampleDesigns.all().getLast().glb();
    private static final byte[] BOX = SampleDesigns.named("cornell-box").glb();

    @Autowired
    MockMvcTester http;

    @Autowired
    DesignStore store;

    @Test
    void storesANewDesignAndReportsItsContents() throws Exception {
        String id = id();

        MvcTestResult answer = put(id, "model/gltf-binary", CUBE);

        assertThat(answer).hasStatus(201).hasHeader("Location", "/designs/" + id);
        JsonNode design = body(answer);
        assertThat(design.path("designId").asText()).isEqualTo(id);
        assertThat(design.path("bytes").asInt()).isEqualTo(CUBE.length);
        assertThat(design.path("contentType").asText()).isEqualTo("model/gltf-binary");
        assertThat(design.path("triangles").asInt()).isPositive();
        assertThat(design.at("/bounds/min")).hasSize(3);
        assertThat(design.at("/bounds/max/0").asDouble())
                .isGreaterThan(design.at("/bounds/min/0").asDouble());
        assertThat(body(get("/designs/" + id))).isEqualTo(design);
    }

    @Test
    void replacesADesign() throws Exception {
        String id = id();
        String before = body(put(id, "model/gltf-binary", CUBE)).path("digest").asText();

        MvcTestResult answer = put(id, "application/octet-stream", BOX);

        assertThat(answer).hasStatus(200);
        assertThat(body(answer).path("digest").asText()).isNotEqualTo(before);
    }

    @Test
    void tellsTheKindOfAFileByItsBytes() throws Exception {
        assertThat(body(put(id(), "model/gltf+json", CUBE)).path("contentType").asText())
                .isEqualTo("model/gltf-binary");
    }

    @Test
    void acceptsAJobForADesignThatWasJustUploaded() throws Exception {
        String id = id();
        put(id, "model/gltf-binary", CUBE);

        assertThat(http.post()
                        .uri("/jobs")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content(ApiFixture.request("").replace(ApiFixture.DESIGN, id)))
                .hasStatus(202);
    }

    static Stream<Arguments> refusesInvalidDesigns() {
        return Stream.of(
                arguments("nothing", new byte[0], "not-gltf"),
                arguments("a picture", "\u0089PNG\r\n".getBytes(StandardCharsets.ISO_8859_1), "not-gltf"),
                arguments("a truncated .glb", Arrays.copyOf(CUBE, CUBE.length / 2), null),
                arguments("half a header", Arrays.copyOf(CUBE, 6), null),
                arguments("no scene", "{}".getBytes(StandardCharsets.UTF_8), null),
                arguments("broken JSON", "{\"asset\": ".getBytes(StandardCharsets.UTF_8), null),
                arguments("glTF 1.0", "{\"asset\": {\"version\": \"1.0\"}}".getBytes(StandardCharsets.UTF_8), null));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refusesInvalidDesigns(String what, byte[] file, @Nullable String code) throws Exception {
        String id = id();

        MvcTestResult answer = put(id, "model/gltf-binary", file);

        assertThat(answer).as(what).hasStatus(422).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
        JsonNode problem = body(answer);
        assertThat(problem.path("type").asText())
                .startsWith("urn:renderfleet:problem:design:" + (code == null ? "" : code));
        assertThat(problem.path("detail").asText()).isNotBlank();
        assertThat(store.find(Library.SHARED, new DesignId(id))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "image/png", "application/x-www-form-urlencoded", "multipart/form-data"})
    void refusesOtherMediaTypes(String type) {
        MvcTestResult result = put(id(), type, CUBE);
        assertThat(result)
                .hasStatus(415)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:unsupported-media-type");
        assertThat(result).bodyText().contains("model/gltf-binary", type);
    }

    @Test
    void refusesAFileWhoseDeclaredLengthIsTooLarge() {
        assertThat(http.put()
                        .uri("/designs/" + id())
                        .contentType("model/gltf-binary")
                        .with(request -> {
                            request.setContent(new byte[(64 << 20) + 1]);
                            return request;
                        }))
                .hasStatus(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "%C3%BC", "a+b"})
    void refusesNamesThatAreNone(String name) {
        assertThat(get("/designs/" + name))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0].field")
                .isEqualTo("designId");
    }

    @Test
    void refusesANameThatIsTooLong() {
        assertThat(put("x".repeat(129), "model/gltf-binary", CUBE))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0].field")
                .isEqualTo("designId");
    }

    @Test
    void knowsNoOtherDesigns() {
        assertThat(get("/designs/" + id()))
                .hasStatus(404)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:design-not-found");
    }

    @Test
    void listsDesignsPageByPage() throws Exception {
        String prefix = "000-" + UUID.randomUUID();
        put(prefix + "-a", "model/gltf-binary", CUBE);
        put(prefix + "-b", "model/gltf-binary", CUBE);

        JsonNode page = body(get("/designs?limit=1&cursor=" + prefix + "-0"));
        assertThat(page.at("/items/0/designId").asText()).isEqualTo(prefix + "-a");
        JsonNode next = body(get("/designs?limit=1&cursor=" + page.path("next").asText()));
        assertThat(next.at("/items/0/designId").asText()).isEqualTo(prefix + "-b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=101", "limit=x", "cursor=a%20b"})
    void refusesParametersItDoesNotUnderstand(String query) {
        assertThat(get("/designs?" + query)).hasStatus(400);
    }

    private MvcTestResult put(String id, String type, byte[] file) {
        return http.put()
                .uri("/designs/" + id)
                .contentType(MediaType.parseMediaType(type))
                .content(file)
                .exchange();
    }

    private MvcTestResult get(String uri) {
        return http.get().uri(URI.create(uri)).exchange();
    }

    private static String id() {
        return "design-" + UUID.randomUUID();
    }

    private static JsonNode body(MvcTestResult answer) throws Exception {
        return JSON.readTree(answer.getResponse().getContentAsByteArray());
    }
}
