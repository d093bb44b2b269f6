package io.renderfleet.api.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.api.ApiFixture;
import io.renderfleet.api.ApiTest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Every row of the request's table, at its edges. */
@ApiTest
class RequestValidationTests {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Autowired
    MockMvcTester http;

    /** A pointer into a valid request, the value to put there (absent for "-"), the field and text of the error. */
    static Stream<Arguments> refused() {
        String finite = "{'x': 1e999, 'y': 0, 'z': 0}";
        return Stream.of(
                arguments("/type", "'no-such-type'", "type", "must be one of echo, inference, render"),
                arguments("/type", "1", "type", "must be a string, not a number"),
                arguments("/jobId", "'1-1-1-1-1'", "jobId", "must be a UUID"),
                arguments("/jobId", "'x'", "jobId", "must be a UUID"),
                arguments("/designId", "-", "designId", "is required"),
                arguments("/designId", "null", "designId", "is required"),
                arguments("/designId", "''", "designId", "must be 1 to 128 of A-Z a-z 0-9 . _ -"),
                arguments("/designId", "'a/b'", "designId", "must be 1 to 128 of"),
                arguments("/designId", "'" + "x".repeat(129) + "'", "designId", "must be 1 to 128 of"),
                arguments("/designId", "7", "designId", "must be a string, not a number"),
                arguments("/designId", "true", "designId", "must be a string, not a boolean"),
                arguments("/designId", "['a']", "designId", "must be a string, not an array"),
                arguments("/userId", "-", "userId", "is required"),
                arguments("/userId", "''", "userId", "must be 1 to 128 printable characters"),
                arguments("/userId", "'a\\u0007'", "userId", "must be 1 to 128 printable characters"),
                arguments("/userId", "'" + "x".repeat(129) + "'", "userId", "must be 1 to 128 printable characters"),
                arguments("/userId", "'" + "\ud83e\ude91".repeat(129) + "'", "userId", "must be 1 to 128 printable"),
                arguments("/camera", "-", "camera", "is required"),
                arguments("/camera", "'front'", "camera", "must be an object, not a string"),
                arguments("/camera/position", "-", "camera.position", "is required"),
                arguments("/camera/target", "-", "camera.target", "is required"),
                arguments("/camera/position", "[0, 1, 4]", "camera.position", "must be an object, not an array"),
                arguments("/camera/position/x", "-", "camera.position.x", "is required"),
                arguments("/camera/position/y", "'1'", "camera.position.y", "must be a number, not a string"),
                arguments("/camera/position", finite, "camera.position.x", "must be finite"),
                arguments("/camera/target/z", "-1e999", "camera.target.z", "must be finite"),
                arguments("/camera/target/w", "1", "camera.target.w", "is unknown; use one of x, y, z"),
                arguments(
                        "/camera/target",
                        "{'x': 0, 'y': 1, 'z': 4}",
                        "camera.target",
                        "must not be the camera's position"),
                arguments("/camera/position/x", "1e200", "camera.target", "is too far from the camera's position"),
                arguments("/camera/up", "{'x': 0, 'y': 0, 'z': 0}", "camera.up", "must not be zero"),
                arguments("/camera/up", "{'x': 0, 'y': 0, 'z': -7}", "camera.up", "must not be parallel to the view"),
                arguments("/camera/up", "{'x': 1e-9, 'y': 0, 'z': 5}", "camera.up", "must not be parallel"),
                arguments("/camera/up", "{'x': 0, 'y': 1}", "camera.up.z", "is required"),
                arguments("/camera/position", "{'x': 0, 'y': 9, 'z': 0}", "camera.up", "must not be parallel"),
                arguments("/camera/fov", "0.99", "camera.fov", "must be from 1 to 179"),
                arguments("/camera/fov", "179.01", "camera.fov", "must be from 1 to 179"),
                arguments("/camera/fov", "'45'", "camera.fov", "must be a number, not a string"),
                arguments("/output", "[]", "output", "must be an object, not an array"),
                arguments("/output/width", "15", "output.width", "must be from 16 to 4096"),
                arguments("/output/width", "4097", "output.width", "must be from 16 to 4096"),
                arguments("/output/width", "640.5", "output.width", "must be a whole number"),
                arguments("/output/width", "1e-3", "output.width", "must be a whole number"),
                arguments("/output/width", "1e999999999", "output.width", "is out of range"),
                arguments("/output/width", "'640'", "output.width", "must be a whole number, not a string"),
                arguments("/output/width", "99999999999", "output.width", "is out of range"),
                arguments("/output/height", "15", "output.height", "must be from 16 to 4096"),
                arguments("/output/height", "4097", "output.height", "must be from 16 to 4096"),
                arguments("/output/samplesPerPixel", "0", "output.samplesPerPixel", "must be from 1 to 4096"),
                arguments("/output/samplesPerPixel", "4097", "output.samplesPerPixel", "must be from 1 to 4096"),
                arguments("/output/format", "'gif'", "output.format", "must be png or jpeg"),
                arguments("/output/format", "'PNG'", "output.format", "must be png or jpeg"),
                arguments("/output/quality", "9", "output.quality", "is unknown; use one of format, height"),
                arguments("/environment", "'studio'", "environment", "must be default or none"),
                arguments("/environment", "'NONE'", "environment", "must be default or none"),
                arguments("/environment", "''", "environment", "must be default or none"),
                arguments("/environment", "false", "environment", "must be a string, not a"),
                arguments("/priority", "'URGENT'", "priority", "must be HIGH, NORMAL or LOW"),
                arguments("/priority", "'high'", "priority", "must be HIGH, NORMAL or LOW"),
                arguments("/orderingKey", "''", "orderingKey", "must be 1 to 128 printable characters"),
                arguments("/orderingKey", "'a\\nb'", "orderingKey", "must be 1 to 128 printable characters"),
                arguments(
                        "/regions",
                        "[]",
                        "regions",
                        "must have at least one region; leave it out to allow all regions"),
                arguments("/regions", "'us-east-1'", "regions", "must be an array, not a string"),
                arguments("/regions", "['mars']", "regions[0]", "must be one of us-east-1, us-west-2, us-west-1"),
                arguments("/regions", "['us-east-1', 'eu-west-1']", "regions[1]", "must be one of us-east-1"),
                arguments("/regions", "['us-east-1', 'us-east-1']", "regions[1]", "is given twice"),
                arguments("/regions", "['us-east-1', 2]", "regions[1]", "must be a string, not a number"),
                arguments("/startWithin", "'soon'", "startWithin", "must be an ISO-8601 duration such as PT30M"),
                arguments("/startWithin", "'PT0S'", "startWithin", "must be whole seconds, from PT1S to PT720H"),
                arguments("/startWithin", "'P31D'", "startWithin", "must be whole seconds, from PT1S to PT720H"),
                arguments("/startWithin", "60", "startWithin", "must be a string, not a number"),
                arguments("/timeout", "'P1M'", "timeout", "must be an ISO-8601 duration such as PT30M"),
                arguments("/timeout", "'PT99999999999999999999S'", "timeout", "must be an ISO-8601 duration"),
                arguments("/timeout", "'PT0.5S'", "timeout", "must be whole seconds, from PT1S to PT11H"),
                arguments("/timeout", "'PT1.5S'", "timeout", "must be whole seconds, from PT1S to PT11H"),
                arguments("/timeout", "'PT-5S'", "timeout", "must be whole seconds, from PT1S to PT11H"),
                arguments("/timeout", "'PT11H1S'", "timeout", "must be whole seconds, from PT1S to PT11H"),
                arguments("/maxAttempts", "0", "maxAttempts", "must be from 1 to 10"),
                arguments("/maxAttempts", "11", "maxAttempts", "must be from 1 to 10"),
                arguments("/maxAttempts", "2.5", "maxAttempts", "must be a whole number"),
                arguments("/frames", "1", "frames", "is unknown; use one of callbackUrl, camera"));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource
    void refused(String pointer, String value, String field, String message) throws Exception {
        MvcTestResult answer = post(changed(pointer, value));

        assertThat(answer).hasStatus(400).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
        JsonNode problem = JSON.readTree(answer.getResponse().getContentAsByteArray());
        assertThat(problem.path("type").asText()).isEqualTo("urn:renderfleet:problem:invalid-request");
        assertThat(problem.path("errors")).singleElement().satisfies(error -> {
            assertThat(error.path("field").asText()).isEqualTo(field);
            assertThat(error.path("message").asText()).startsWith(message);
        });
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource
    void accepted(String pointer, String value) throws Exception {
        assertThat(post(changed(pointer, value))).hasStatus(202);
    }

    static Stream<Arguments> accepted() {
        return Stream.of(
                arguments("/type", "'render'"),
                arguments("/type", "null"),
                arguments("/userId", "'Zoë & Söhne'"),
                arguments("/camera/fov", "1"),
                arguments("/camera/fov", "179"),
                arguments("/camera/up", "{'x': 1, 'y': 0, 'z': 0}"),
                arguments("/output", "{}"),
                arguments("/output/width", "16"),
                arguments("/output/height", "4096"),
                arguments("/output/width", "64.0"),
                arguments("/output/width", "6.4e1"),
                arguments("/maxAttempts", "2.0"),
                arguments("/userId", "'" + "\ud83e\ude91".repeat(128) + "'"),
                arguments("/orderingKey", "'" + "\ud83e\ude91".repeat(128) + "'"),
                arguments("/output/samplesPerPixel", "1"),
                arguments("/output/format", "'jpeg'"),
                arguments("/environment", "'default'"),
                arguments("/environment", "'none'"),
                arguments("/environment", "null"),
                arguments("/priority", "'LOW'"),
                arguments("/orderingKey", "'shoot 7'"),
                arguments("/regions", "['us-west-1', 'us-east-1']"),
                arguments("/startWithin", "'PT1S'"),
                arguments("/timeout", "'PT11H'"),
                arguments("/timeout", "'PT1S'"),
                arguments("/maxAttempts", "10"));
    }

    @Test
    void namesEverythingThatIsWrongAtOnce() throws Exception {
        MvcTestResult answer = post("""
                {"designId": 7, "camera": {"position": {"x": "0", "y": 1}, "fov": 0, "roll": 1},
                 "output": {"width": 1}, "regions": ["mars"], "timeout": "PT12H", "frames": 9}""");

        assertThat(answer).hasStatus(400);
        JsonNode problem = JSON.readTree(answer.getResponse().getContentAsByteArray());
        assertThat(problem.path("errors"))
                .extracting(error -> error.path("field").asText())
                .containsExactlyInAnyOrder(
                        "designId",
                        "userId",
                        "camera.position.x",
                        "camera.position.z",
                        "camera.target",
                        "camera.fov",
                        "camera.roll",
                        "output.width",
                        "regions[0]",
                        "timeout",
                        "frames");
        assertThat(problem.path("detail").asText()).startsWith("The request has 11 errors");
    }

    @Test
    void refusesAFieldThatIsGivenTwice() {
        MvcTestResult answer = post(ApiFixture.request("\"userId\": \"someone-else\""));

        assertThat(answer)
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0]")
                .asMap()
                .containsEntry("field", "userId")
                .containsEntry("message", "is given twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"designId\": }",
                "{\"maxAttempts\": NaN}",
                "{\"maxAttempts\": Infinity}",
                "{\"maxAttempts\": 01}",
                "{\"maxAttempts\": 4e44444444444}",
                "{'designId': 'a'}",
                "{} {}",
                "{} // a comment",
                "{\"regions\": [\"us-east-1\",]}",
                "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]"
            })
    void refusesTextThatIsNotJson(String body) {
        assertThat(post(body))
                .hasStatus(400)
                .hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:malformed-json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "7", "\"job\""})
    void refusesABodyThatIsNoObject(String body) {
        assertThat(post(body))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.errors[0].field")
                .isEqualTo("body");
    }

    @Test
    void ignoresAByteOrderMark() {
        assertThat(post("\uFEFF" + ApiFixture.request(""))).hasStatus(202);
        assertThat(post("\uFEFF\uFEFF" + ApiFixture.request(""))).hasStatus(400);
    }

    @Test
    void refusesABodyThatIsNotUtf8() {
        assertThat(http.post()
                        .uri("/jobs")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.detail")
                .isEqualTo("The body is not valid UTF-8. Send JSON in UTF-8.");
    }

    @Test
    void refusesAnOversizedBody() {
        assertThat(post(ApiFixture.request("\"orderingKey\": \"" + "x".repeat(64 * 1024) + "\"")))
                .hasStatus(413)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("urn:renderfleet:problem:body-too-large");
    }

    private MvcTestResult post(String body) {
        return http.post()
                .uri("/jobs")
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange();
    }

    /** A valid request with one thing changed; quotes in the value may be single ones. */
    private static String changed(String pointer, String value) throws Exception {
        ObjectNode request = (ObjectNode) JSON.readTree(ApiFixture.request("\"output\": {}"));
        int last = pointer.lastIndexOf('/');
        ObjectNode parent = (ObjectNode) request.at(pointer.substring(0, last));
        String name = pointer.substring(last + 1);
        if (value.equals("-")) {
            parent.remove(name);
            return request.toString();
        }
        // The value is put in as text: a tree would write 1e999 as no JSON number.
        parent.put(name, "@value@");
        return request.toString().replace("\"@value@\"", value.replace('\'', '"'));
    }
}
