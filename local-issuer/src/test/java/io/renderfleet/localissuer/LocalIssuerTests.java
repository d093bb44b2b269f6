package io.renderfleet.localissuer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LocalIssuerTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

    @SuppressWarnings("NullAway.Init") // Set before every test.
    private static LocalIssuer issuer;

    @BeforeAll
    static void start() {
        issuer = LocalIssuer.start(InetAddress.getLoopbackAddress(), 0, null, LocalIssuer.LOCAL_PAGES);
    }

    @AfterAll
    static void stop() {
        issuer.close();
    }

    @Test
    void givesProgramsTokensWithTheirRole() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (Map.Entry<String, String> expected : Map.of(
                            LocalIssuer.MACHINE, "user", LocalIssuer.OPERATOR, "operator")
                    .entrySet()) {
                JsonNode claims = claims(token(
                        client,
                        Map.of(
                                "grant_type", "client_credentials",
                                "client_id", expected.getKey(),
                                "client_secret", expected.getKey())));
                assertThat(claims.path("sub").asText()).isEqualTo(expected.getKey());
                assertThat(claims.at("/roles/0").asText()).isEqualTo(expected.getValue());
                assertThat(claims.path("aud").asText()).isEqualTo(LocalIssuer.AUDIENCE);
                assertThat(claims.path("iss").asText())
                        .isEqualTo(issuer.issuer().toString());
            }
            assertThat(post(
                                    client,
                                    "/oauth2/token",
                                    Map.of(
                                            "grant_type",
                                            "client_credentials",
                                            "client_id",
                                            "machine",
                                            "client_secret",
                                            "x"))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void letsAUserOfTheCommandLineLogInOnAnotherDevice() throws Exception {
        try (HttpClient device = HttpClient.newHttpClient();
                HttpClient browser = HttpClient.newBuilder()
                        .cookieHandler(new CookieManager())
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build()) {
            JsonNode started = JSON.readTree(
                    post(device, "/oauth2/device_authorization", Map.of("client_id", LocalIssuer.COMMAND_LINE))
                            .body());
            Map<String, String> poll = Map.of(
                    "grant_type",
                    DEVICE_GRANT,
                    "client_id",
                    LocalIssuer.COMMAND_LINE,
                    "device_code",
                    started.path("device_code").asText());
            assertThat(post(device, "/oauth2/token", poll).body()).contains("authorization_pending");

            String page = get(browser, started.path("verification_uri_complete").asText());
            assertThat(page).contains("name=\"username\"");
            Matcher csrf =
                    Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"").matcher(page);
            assertThat(csrf.find()).isTrue();
            HttpResponse<String> after =
                    post(browser, "/login", Map.of("username", "olga", "password", "olga", "_csrf", csrf.group(1)));
            assertThat(after.body()).contains("return to the terminal");

            JsonNode answer = JSON.readTree(post(device, "/oauth2/token", poll).body());
            JsonNode claims = claims(answer);
            assertThat(claims.path("sub").asText()).isEqualTo("olga");
            assertThat(claims.at("/roles/0").asText()).isEqualTo("operator");
            JsonNode refreshed = claims(token(
                    device,
                    Map.of(
                            "grant_type",
                            "refresh_token",
                            "client_id",
                            LocalIssuer.COMMAND_LINE,
                            "refresh_token",
                            answer.path("refresh_token").asText())));
            assertThat(refreshed.path("sub").asText()).isEqualTo("olga");
        }
    }

    @Test
    void letsAUserOfThePageLogInWithPkce() throws Exception {
        try (HttpClient page = HttpClient.newHttpClient();
                HttpClient browser = HttpClient.newBuilder()
                        .cookieHandler(new CookieManager())
                        .build()) {
            String redirect = "http://127.0.0.1:12345/";
            String verifier = "a-verifier-of-43-characters-or-more-0123456789";
            String challenge = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
            String authorize = "/oauth2/authorize?response_type=code&scope=openid&state=s1&client_id="
                    + LocalIssuer.PAGE + "&redirect_uri=" + URLEncoder.encode(redirect, StandardCharsets.UTF_8);
            String withPkce = authorize + "&code_challenge_method=S256&code_challenge=" + challenge;

            logIn(browser, issuer.issuer().resolve(withPkce));
            String without = location(browser, issuer.issuer().resolve(authorize));
            assertThat(without)
                    .startsWith(redirect)
                    .contains("error=invalid_request")
                    .contains("code_challenge");
            String answer = location(browser, issuer.issuer().resolve(withPkce));
            assertThat(answer).startsWith(redirect + "?code=").contains("state=s1");
            String code = answer.replaceFirst(".*code=([^&]+).*", "$1");
            Map<String, String> exchange = Map.of(
                    "grant_type",
                    "authorization_code",
                    "client_id",
                    LocalIssuer.PAGE,
                    "redirect_uri",
                    redirect,
                    "code",
                    code);
            assertThat(post(page, "/oauth2/token", exchange).statusCode()).isBetween(400, 401);

            Map<String, String> proven = new HashMap<>(exchange);
            proven.put("code_verifier", verifier);
            JsonNode tokens = token(page, proven);
            assertThat(claims(tokens).path("sub").asText()).isEqualTo("ada");
            Map<String, String> refresh = Map.of(
                    "grant_type",
                    "refresh_token",
                    "client_id",
                    LocalIssuer.PAGE,
                    "refresh_token",
                    tokens.path("refresh_token").asText());
            assertThat(claims(token(page, refresh)).path("sub").asText()).isEqualTo("ada");
            assertThat(post(page, "/oauth2/token", refresh).statusCode())
                    .as("a refresh token that was used")
                    .isEqualTo(400);
        }
    }

    @Test
    void onlyThePageMayReadTokensInABrowser() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (String path : List.of("/.well-known/openid-configuration", "/oauth2/jwks")) {
                assertThat(readable(client, path, "http://127.0.0.1:4711"))
                        .as(path)
                        .isTrue();
                assertThat(readable(client, path, "http://localhost:8080"))
                        .as(path)
                        .isTrue();
                assertThat(readable(client, path, "http://localhost:9999"))
                        .as(path)
                        .isFalse();
                assertThat(readable(client, path, "https://evil.example"))
                        .as(path)
                        .isFalse();
            }
            assertThat(readable(client, "/login", "http://127.0.0.1:8080")).isFalse();
        }
    }

    private static boolean readable(HttpClient client, String path, String origin) throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(issuer.issuer().resolve(path))
                        .header("Origin", origin)
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofString());
        return response.headers()
                .firstValue("Access-Control-Allow-Origin")
                .filter(origin::equals)
                .isPresent();
    }

    /** Logs ada in, as at a form to which the browser was sent. */
    private static void logIn(HttpClient browser, URI first) throws Exception {
        assertThat(location(browser, first)).endsWith("/login");
        Matcher csrf = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"")
                .matcher(get(browser, issuer.issuer().resolve("/login").toString()));
        assertThat(csrf.find()).isTrue();
        HttpResponse<String> after =
                post(browser, "/login", Map.of("username", "ada", "password", "ada", "_csrf", csrf.group(1)));
        assertThat(after.headers().firstValue("Location").orElseThrow()).contains("/oauth2/authorize");
    }

    /** Where a browser is sent. */
    private static String location(HttpClient browser, URI at) throws Exception {
        return browser.send(
                        HttpRequest.newBuilder(at)
                                .header("Accept", "text/html")
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        BodyHandlers.ofString())
                .headers()
                .firstValue("Location")
                .orElse("");
    }

    private static JsonNode token(HttpClient client, Map<String, String> form) throws Exception {
        HttpResponse<String> response = post(client, "/oauth2/token", form);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static JsonNode claims(JsonNode answer) throws IOException {
        String token = answer.path("access_token").asText();
        assertThat(token).as(answer.toString()).contains(".");
        return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.", 3)[1]));
    }

    private static String get(HttpClient client, String url) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create(url))
                                .header("Accept", "text/html")
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static HttpResponse<String> post(HttpClient client, String path, Map<String, String> form)
            throws Exception {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return client.send(
                HttpRequest.newBuilder(issuer.issuer().resolve(path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", path.equals("/login") ? "text/html" : "application/json")
                        .timeout(Duration.ofSeconds(20))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }
}
