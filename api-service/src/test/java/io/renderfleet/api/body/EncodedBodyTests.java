package io.renderfleet.api.body;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import io.renderfleet.localaws.samples.SampleDesigns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@ApiTest
class EncodedBodyTests {
    private static final byte[] CUBE = SampleDesigns.all().getLast().glb();

    @Autowired
    MockMvcTester http;

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "x-gzip"})
    void storesADesignThatWasCompressedAsItIs(String coding) throws Exception {
        String id = "gzip-" + UUID.randomUUID();

        assertThat(putDesign(id, coding, gzip(CUBE))).hasStatus(201);

        assertThat(http.get().uri("/designs/" + id).exchange())
                .bodyJson()
                .extractingPath("$.bytes")
                .isEqualTo(CUBE.length);
    }

    @Test
    void acceptsAJobThatWasCompressed() throws Exception {
        byte[] body = ApiFixture.request("").getBytes(StandardCharsets.UTF_8);

        assertThat(postJob("gzip", gzip(body))).hasStatus(202);
        assertThat(postJob("identity", body)).hasStatus(202);
    }

    @Test
    void limitsWhatIsDecoded() throws Exception {
        assertThat(putDesign("bomb", "gzip", zeros(65 << 20))).hasStatus(413);
        assertThat(postJob("gzip", zeros(10 << 20))).hasStatus(413);
    }

    @Test
    void refusesABodyThatIsNotCompressedAsItSays() throws Exception {
        assertProblem(putDesign("not-gzip", "gzip", CUBE), 400, "invalid-request");
        assertProblem(postJob("gzip", ApiFixture.request("").getBytes(StandardCharsets.UTF_8)), 400, "invalid-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip", "gzip, identity"})
    void saysWhichCodingItTakes(String coding) {
        MvcTestResult design = putDesign("other-coding", coding, CUBE);
        assertProblem(design, 415, "unsupported-media-type");
        assertThat(design).hasHeader("Accept-Encoding", "gzip");

        MvcTestResult job = postJob(coding, ApiFixture.request("").getBytes(StandardCharsets.UTF_8));
        assertProblem(job, 415, "unsupported-media-type");
        assertThat(job).hasHeader("Accept-Encoding", "gzip");
    }

    private MvcTestResult putDesign(String id, String coding, byte[] body) {
        return http.put()
                .uri("/designs/" + id)
                .contentType(MediaType.parseMediaType("model/gltf-binary"))
                .header("Content-Encoding", coding)
                .content(body)
                .exchange();
    }

    private MvcTestResult postJob(String coding, byte[] body) {
        return http.post()
                .uri("/jobs")
                .contentType(MediaType.APPLICATION_JSON)
                .header("Content-Encoding", coding)
                .content(body)
                .exchange();
    }

    private static void assertProblem(MvcTestResult answer, int status, String code) {
        assertThat(answer).hasStatus(status);
        assertThat(answer).bodyJson().extractingPath("$.type").isEqualTo("urn:renderfleet:problem:" + code);
    }

    private static byte[] zeros(int length) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            byte[] part = new byte[1 << 20];
            for (int left = length; left > 0; left -= part.length) {
                gzip.write(part);
            }
        }
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }
}
