package io.renderfleet.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.renderfleet.api.ApiTest.OnLocalAws;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** What web pages in a browser may do with the service, and what its answers may do in a browser. */
class WebPagesTests {
    private static final String API = "local.server.port";

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static ConfigurableApplicationContext service;

    @BeforeAll
    static void start() {
        Map<String, String> properties = new HashMap<>(OnLocalAws.AWS.serviceProperties());
        properties.putAll(Map.of("server.port", "0", "management.server.port", "0"));
        service = ApiServiceApplication.create()
                .run(properties.entrySet().stream()
                        .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                        .toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource({
        "local.server.port, /",
        "local.server.port, /page/config.json",
        "local.server.port, /designs",
        "local.server.port, /v3/api-docs",
        "local.server.port, /swagger-ui/index.html",
        "local.management.port, /actuator/prometheus"
    })
    void noReboundNameReads(String port, String path) throws IOException {
        assertThat(call(port, "GET " + path, "evil.example:8080"))
                .startsWith("HTTP/1.1 403")
                .contains("urn:renderfleet:problem:cross-site-request");
        assertThat(call(port, "GET " + path, "localhost:8080")).startsWith("HTTP/1.1 200");
        assertThat(call(port, "GET " + path, "127.0.0.1")).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example",
                "Origin: null",
                "Origin: http://localhost:3000",
                "Sec-Fetch-Site: cross-site",
                "Content-Type: text/plain"
            })
    void noPageOfAnotherSiteCancelsAJob(String header) throws IOException {
        String path = "POST /jobs/" + UUID.randomUUID() + "/cancel";

        assertThat(call(API, path, "localhost:8080", header)).matches("(?s)HTTP/1.1 (403|415) .*");
        assertThat(call(API, path, "localhost:8080", "Origin: http://localhost:8080", "Sec-Fetch-Site: same-origin"))
                .startsWith("HTTP/1.1 404");
        assertThat(call(API, path, "localhost:8080")).startsWith("HTTP/1.1 404");
    }

    @Test
    void pagesMayLinkToTheService() throws IOException {
        assertThat(call(
                        API,
                        "GET /designs",
                        "localhost:8080",
                        "Sec-Fetch-Site: cross-site",
                        "Sec-Fetch-Mode: navigate"))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource({
        "local.server.port, /designs, 200",
        "local.server.port, /nothing, 404",
        "local.server.port, /jobs/%zz, 400",
        "local.server.port, /admin/regions, 200",
        "local.server.port, /v3/api-docs, 200",
        "local.management.port, /actuator/health, 200",
        "local.management.port, /nothing, 404"
    })
    void everyAnswerHasSecurityHeaders(String port, String path, int status) throws IOException {
        assertThat(call(port, "GET " + path, "localhost"))
                .startsWith("HTTP/1.1 " + status)
                .contains("X-Content-Type-Options: nosniff")
                .contains("X-Frame-Options: DENY")
                .contains("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'")
                .doesNotContain("Strict-Transport-Security");
    }

    @Test
    void thePageOfALaptopNeedsNoLogin() throws IOException {
        assertThat(call(API, "GET /page/config.json", "localhost"))
                .contains("\"authenticated\":false")
                .doesNotContain("clientId", "issuer");
    }

    @Test
    void requiresTlsBehindTls() throws IOException {
        assertThat(call(API, "GET /designs", "localhost", "X-Forwarded-Proto: https"))
                .contains("Strict-Transport-Security: max-age=31536000");
    }

    @Test
    void swaggerRunsItsOwnScriptsOnly() throws IOException {
        String page = call(API, "GET /swagger-ui/index.html", "localhost");

        assertThat(page)
                .contains("script-src 'self';")
                .contains("<script src=")
                .doesNotContainPattern("<script(?! src=)")
                .doesNotContainPattern(" on[a-z]+=\"");
        assertThat(call(API, "GET /swagger-ui/swagger-ui-bundle.js", "localhost"))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v3/api-docs", "/v3/api-docs.yaml", "/v3/api-docs/swagger-config"})
    void descriptionsDoNotRepeatTheHost(String path) throws IOException {
        assertThat(call(API, "GET " + path, "name-of-a-caller:8080"))
                .startsWith("HTTP/1.1 200")
                .doesNotContain("name-of-a-caller");
    }

    /** Over HTTP/1.0, so that the answer is not in chunks; with {@code HTTP/1.1} in its first line all the same. */
    private static String call(String port, String line, String host, String... headers) throws IOException {
        String request = line + " HTTP/1.0\r\nHost: " + host + "\r\n"
                + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n")
                + (line.startsWith("POST") ? "Content-Length: 0\r\n" : "") + "\r\n";
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), service.getEnvironment().getRequiredProperty(port, Integer.class))) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
