package io.renderfleet.jobtype.render.design;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** The files and thumbnails of designs, and their search and deletion. */
@ApiTest
class DesignFileTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] CUBE = SampleDesigns.all().getLast().glb();

    @Autowired
    MockMvcTester http;

    @Autowired
    ApiFixture fixture;

    @Test
    void servesTheUploadedFile() throws Exception {
        String id = id();
        JsonNode design = body(put(id));

        MvcTestResult answer = get(design.at("/links/content").asText());

        assertThat(answer)
                .hasStatus(200)
                .hasHeader("Content-Type", "model/gltf-binary")
                .hasHeader("Content-Length", Integer.toString(CUBE.length))
                .hasHeader("ETag", "\"" + design.path("digest").asText() + "\"")
                .hasHeader("Cache-Control", "private, no-cache")
                .hasHeader("X-Content-Type-Options", "nosniff")
                .hasHeader("Content-Disposition", "attachment; filename=\"" + id + ".glb\"");
        assertThat(answer.getResponse().getContentAsByteArray()).isEqualTo(CUBE);
    }

    @Test
    void answersNotModifiedWhileTheFileIsTheSame() throws Exception {
        JsonNode links = body(put(id())).path("links");
        for (String link : new String[] {"content", "thumbnail"}) {
            String path = links.path(link).asText();
            String eTag = String.valueOf(get(path).getResponse().getHeader("ETag"));

            MvcTestResult known = http.get()
                    .uri(URI.create(path))
                    .header("If-None-Match", eTag)
                    .exchange();

            assertThat(known).hasStatus(304).hasHeader("ETag", eTag);
            assertThat(known.getResponse().getContentAsByteArray()).isEmpty();
            assertThat(http.get()
                            .uri(URI.create(path))
                            .header("If-None-Match", "\"other\"")
                            .exchange())
                    .hasStatus(200);
        }
    }

    @Test
    void answersHeadWithoutTheFile() throws Exception {
        String path = body(put(id())).at("/links/content").asText();

        MvcTestResult head = http.head().uri(URI.create(path)).exchange();

        assertThat(head).hasStatus(200).hasHeader("Content-Length", Integer.toString(CUBE.length));
        assertThat(head.getResponse().getContentAsByteArray()).isEmpty();
    }

    @Test
    void drawsAThumbnailOfAnUploadedDesign() throws Exception {
        JsonNode design = body(put(id()));
        assertThat(design.path("thumbnail").asBoolean()).isTrue();

        MvcTestResult answer = get(design.at("/links/thumbnail").asText());

        assertThat(answer).hasStatus(200).hasContentType("image/jpeg");
        BufferedImage picture =
                ImageIO.read(new ByteArrayInputStream(answer.getResponse().getContentAsByteArray()));
        assertThat(picture.getWidth()).isEqualTo(320);
        assertThat(picture.getHeight()).isEqualTo(240);
    }

    @Test
    void saysWhatToDoAboutADesignWithoutAThumbnail() throws Exception {
        String id = id();
        fixture.storeDesign(id, "bytes of " + id);

        assertThat(get("/designs/" + id + "/thumbnail")).satisfies(answer -> {
            assertThat(answer).hasStatus(404);
            assertThat(body(answer).path("type").asText()).endsWith(":thumbnail-not-found");
            assertThat(body(answer).path("detail").asText()).contains("Upload it again");
        });
        JsonNode design = body(get("/designs/" + id));
        assertThat(design.path("thumbnail").asBoolean(true)).isFalse();
        assertThat(design.path("links").has("thumbnail")).isFalse();
    }

    @Test
    void deletesAnIdAndKeepsTheBytesForOthers() throws Exception {
        String id = id();
        String other = id();
        put(id);
        put(other);

        assertThat(delete("/designs/" + id)).hasStatus(204);

        assertThat(get("/designs/" + id)).hasStatus(404);
        assertThat(get("/designs/" + id + "/content")).hasStatus(404);
        assertThat(get("/designs/" + other + "/content")).hasStatus(200);
        assertThat(body(delete("/designs/" + id)).path("type").asText()).endsWith(":design-not-found");
        assertThat(http.post()
                        .uri("/jobs")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content(ApiFixture.request("").replace(ApiFixture.DESIGN, id)))
                .hasStatus(422);
        assertThat(put(id)).hasStatus(201);
    }

    @Test
    void deletesADesignOfAUserAndNotTheSharedOne() throws Exception {
        String id = id();
        put(id);
        put(id + "?userId=owner");
        assertThat(body(get("/designs/" + id + "?userId=owner")).path("shared").asBoolean(true))
                .isFalse();

        assertThat(delete("/designs/" + id + "?userId=owner")).hasStatus(204);

        assertThat(body(get("/designs/" + id + "?userId=owner")).path("shared").asBoolean())
                .isTrue();
        assertThat(delete("/designs/" + id + "?userId=owner")).hasStatus(404);
    }

    @Test
    void linksLeadToTheSameDesign() throws Exception {
        String id = id();
        JsonNode own = body(put(id + "?userId=a%26b"));

        assertThat(own.at("/links/self").asText()).isEqualTo("/designs/" + id + "?userId=a%26b");
        assertThat(body(get(own.at("/links/self").asText()))).isEqualTo(own);
        assertThat(get("/designs/" + id + "/content?shared=true")).hasStatus(404);
        assertThat(get("/designs/" + id + "?userId=a%26b&shared=true")).hasStatus(404);
    }

    @Test
    void findsDesignsByAPartOfTheirIds() throws Exception {
        String mark = UUID.randomUUID().toString();
        put("Chair-" + mark + "-1");
        put("chair-" + mark + "-2");
        put("sofa-" + mark);

        JsonNode page = body(get("/designs?limit=1&q=CHAIR-" + mark));
        assertThat(page.path("items").findValuesAsText("designId")).containsExactly("Chair-" + mark + "-1");
        JsonNode next = body(get("/designs?limit=1&q=CHAIR-" + mark + "&cursor="
                + page.path("next").asText()));
        assertThat(next.path("items").findValuesAsText("designId")).containsExactly("chair-" + mark + "-2");
        assertThat(next.has("next")).isFalse();
        assertThat(body(get("/designs?q=" + mark)).path("items")).hasSize(3);
        assertThat(body(get("/designs?q=no-" + mark)).path("items")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%3Cscript%3E", "..%2F..%2Fx", "../../x", "a%20b", "%00"})
    void refusesNamesThatAreNone(String name) {
        for (String more : new String[] {"", "/content", "/thumbnail"}) {
            assertThat(get("/designs/" + name + more).getResponse().getStatus())
                    .as(name + more)
                    .isIn(400, 404);
        }
        assertThat(delete("/designs/" + name).getResponse().getStatus()).isIn(400, 404);
        assertThat(put(name).getResponse().getStatus()).isIn(400, 404, 405);
        assertThat(get("/designs?q=" + name)).hasStatus(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"force=yes", "shared=yes", "forced=true", "userId=a&shared=true"})
    void refusesParametersOfADeletionThatItDoesNotUnderstand(String query) {
        String id = id();
        put(id);

        assertThat(delete("/designs/" + id + "?" + query)).hasStatus(400);

        assertThat(get("/designs/" + id)).hasStatus(200);
    }

    private MvcTestResult put(String path) {
        return http.put()
                .uri(URI.create("/designs/" + path))
                .contentType("model/gltf-binary")
                .content(CUBE)
                .exchange();
    }

    private MvcTestResult get(String uri) {
        return http.get().uri(URI.create(uri)).exchange();
    }

    private MvcTestResult delete(String uri) {
        return http.method(HttpMethod.DELETE).uri(URI.create(uri)).exchange();
    }

    private static String id() {
        return "design-" + UUID.randomUUID();
    }

    private static JsonNode body(MvcTestResult answer) {
        try {
            return JSON.readTree(answer.getResponse().getContentAsByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
