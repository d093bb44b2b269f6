package io.renderfleet.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.renderfleet.api.identity.AuthenticatedApi;
import io.renderfleet.api.identity.TestIssuer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as a browser gets it from a service that asks for tokens, without one. */
class PageTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** The files that a page or a script loads from this service. */
    private static final Pattern LOADED =
            Pattern.compile("(?:href|src)=\"(/(?:page|webjars)/[^\"]+)\"|(?:from|import) ?\\(?['\"](\\.[^'\"]+)['\"]");

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static TestIssuer issuer;

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static AuthenticatedApi api;

    @BeforeAll
    static void start() throws IOException {
        issuer = new TestIssuer();
        api = new AuthenticatedApi(
                issuer,
                Map.of(
                        "renderfleet.page.client-id", "the-page",
                        "renderfleet.page.scope", "openid offline_access",
                        "renderfleet.page.login-origins", "https://login.example.com"));
    }

    @AfterAll
    static void stop() {
        api.close();
        issuer.close();
    }

    private static HttpResponse<String> call(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(api.uri(path))
                .timeout(Duration.ofSeconds(30))
                .method(method, BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return String.join(" | ", response.headers().allValues(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/?code=c1&state=s1&iss=https%3A%2F%2Fissuer.example.com"})
    void servesThePageToEverybody(String path) throws Exception {
        HttpResponse<String> page = call("GET", path);

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Type")).isEqualTo("text/html;charset=UTF-8");
        assertThat(page.body()).contains("<script type=\"importmap\">").doesNotContain("@lit.version@");
        HttpResponse<String> head = call("HEAD", path);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(header(head, "ETag")).isEqualTo(header(page, "ETag"));
    }

    @Test
    void servesEveryFileThatThePageLoads() throws Exception {
        String html = call("GET", "/").body();
        Set<String> paths = new LinkedHashSet<>();
        LOADED.matcher(html).results().map(PageTests::path).forEach(paths::add);
        JSON.readTree(PagePolicy.importMap(html)).path("imports").forEach(path -> {
            if (path.asText().endsWith(".js")) {
                paths.add(path.asText());
            }
        });
        assertThat(paths).hasSizeGreaterThan(10);
        Set<String> seen = new LinkedHashSet<>();
        while (!paths.isEmpty()) {
            String path = paths.iterator().next();
            paths.remove(path);
            if (seen.add(path)) {
                HttpResponse<String> file = call("GET", path);
                assertThat(file.statusCode()).as(path).isEqualTo(200);
                if (path.endsWith(".js")) {
                    assertThat(header(file, "Content-Type")).as(path).startsWith("text/javascript");
                    if (path.startsWith("/page/")) {
                        LOADED.matcher(file.body())
                                .results()
                                .map(PageTests::path)
                                .map(loaded -> api.uri(path).resolve(loaded).getPath())
                                .forEach(paths::add);
                    }
                }
            }
        }
        assertThat(seen).contains("/page/session.js", "/page/element.js").hasSizeGreaterThan(20);
    }

    private static String path(MatchResult found) {
        return found.group(1) == null ? found.group(2) : found.group(1);
    }

    @Test
    void onlyThePageItselfMayRunScripts() throws Exception {
        assertThat(header(call("GET", "/"), "Content-Security-Policy"))
                .startsWith("default-src 'none'; script-src 'self' 'sha256-")
                .containsPattern("img-src 'self' blob: data: http://127\\.0\\.0\\.1:\\d+;")
                .contains(
                        "connect-src 'self' blob: data: ",
                        "https://login.example.com",
                        issuer.issuer().toString())
                .contains("frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
                .doesNotContain("unsafe", " | ");
        for (String path : List.of("/page/app.js", "/page/config.json", "/page/nothing.js")) {
            assertThat(header(call("GET", path), "Content-Security-Policy"))
                    .as(path)
                    .startsWith("default-src 'none'; frame-ancestors 'none'");
        }
    }

    @Test
    void browsersCheckThePageAtEachVisitAndKeepItsLibraries() throws Exception {
        for (String path : List.of("/", "/page/app.js", "/page/config.json")) {
            HttpResponse<String> first = call("GET", path);
            assertThat(header(first, "Cache-Control")).as(path).isEqualTo("no-cache");
            String etag = header(first, "ETag");
            assertThat(etag).as(path).startsWith("W/\"");
            assertThat(call("GET", path, "If-None-Match", etag).statusCode())
                    .as(path)
                    .isEqualTo(304);
            assertThat(call("GET", path, "If-None-Match", "W/\"other\"").statusCode())
                    .as(path)
                    .isEqualTo(200);
        }
        String map = PagePolicy.importMap(call("GET", "/").body());
        String three = JSON.readTree(map).at("/imports/three").asText();
        assertThat(three).matches("/webjars/three/[0-9.]+/build/three.module.min.js");
        assertThat(header(call("HEAD", three), "Cache-Control")).contains("max-age=31536000", "public", "immutable");
        assertThat(header(call("GET", three, "Accept-Encoding", "gzip"), "Content-Encoding"))
                .isEqualTo("gzip");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /page/nothing.js, 404, not-found",
        "GET, /page/../api-service.yml, 400, invalid-request",
        "GET, /page/, 404, not-found",
        "GET, /webjars/three/nothing.js, 404, not-found",
        "GET, /webjars/, 404, not-found",
        "GET, /nothing, 401, token-required",
        "GET, /static/index.html, 401, token-required",
        "POST, /, 405, method-not-allowed",
        "POST, /page/app.js, 405, method-not-allowed"
    })
    void whatIsNotThereIsAProblem(String method, String path, int status, String type) throws Exception {
        HttpResponse<String> answer = call(method, path);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.body()).contains("urn:renderfleet:problem:" + type);
    }

    @Test
    void unknownPathsAreAProblemForUsers() throws Exception {
        HttpResponse<String> answer = call("GET", "/nothing", "Authorization", "Bearer " + issuer.user("ada"));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("urn:renderfleet:problem:not-found");
    }

    @ParameterizedTest
    @CsvSource({
        "'zh-CN,zh;q=0.9,en;q=0.8', zh",
        "'de,en;q=0.5', en",
        "'fr', en",
        "'zh-Hant-TW', zh",
        "'en-GB,zh;q=0.5', en",
        "'not a language;;q=', en"
    })
    void tellsThePageHowToLogInAndInWhichLanguageToBegin(String accepted, String language) throws Exception {
        HttpResponse<String> answer = call("GET", "/page/config.json", "Accept-Language", accepted);
        JsonNode config = JSON.readTree(answer.body());

        assertThat(header(answer, "Vary")).contains("Accept-Language");
        assertThat(config.path("authenticated").asBoolean()).isTrue();
        assertThat(config.path("issuer").asText()).isEqualTo(issuer.issuer().toString());
        assertThat(config.path("clientId").asText()).isEqualTo("the-page");
        assertThat(config.path("scope").asText()).isEqualTo("openid offline_access");
        assertThat(config.path("rolesClaim").asText()).isEqualTo("roles");
        assertThat(config.path("locales")).extracting(JsonNode::asText).containsExactly("en", "zh");
        assertThat(config.path("regions")).extracting(JsonNode::asText).contains("us-east-1");
        assertThat(config.path("language").asText()).isEqualTo(language);
    }
}
