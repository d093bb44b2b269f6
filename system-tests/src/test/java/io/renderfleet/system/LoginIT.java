package io.renderfleet.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.renderfleet.localissuer.LocalIssuer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, with a login, against the real services and the local issuer. */
class LoginIT {
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static LocalIssuer issuer;
    private static RunningFleet fleet;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        issuer = LocalIssuer.start(InetAddress.getLoopbackAddress(), 0, null, LocalIssuer.LOCAL_PAGES);
        fleet = RunningFleet.start(
                Map.of("renderfleet.identity.issuer", issuer.issuer().toString()));
    }

    @AfterAll
    static void stop() {
        fleet.close();
        issuer.close();
    }

    private record Run(int exitCode, String out, String err) {}

    private Process begin(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.renderfleet.cli.Renderfleet"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("RENDERFLEET_URL", fleet.api().toString());
        builder.environment().put("XDG_CONFIG_HOME", directory.toString());
        builder.environment().putAll(environment);
        return builder.redirectOutput(directory.resolve("stdout").toFile()).start();
    }

    private Run run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        Process process = begin(environment, arguments);
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            return end(process, err);
        }
    }

    private Run end(Process process, BufferedReader err) throws IOException, InterruptedException {
        try {
            assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return new Run(
                    process.exitValue(),
                    Files.readString(directory.resolve("stdout")),
                    String.join("\n", err.lines().toList()));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aPersonLogsInWithABrowserAndStaysLoggedInUntilLogout() throws Exception {
        Process login = begin(
                Map.of(), "login", "--issuer", issuer.issuer().toString(), "--client-id", LocalIssuer.COMMAND_LINE);
        try (BufferedReader err = login.errorReader(StandardCharsets.UTF_8)) {
            String line = err.readLine();
            assertThat(line).startsWith("Open http://");
            approve(URI.create(line.substring("Open ".length())), "ada");
            Run done = end(login, err);
            assertThat(done.exitCode()).as(done.err()).isZero();
            assertThat(done.err()).contains("Logged in at " + fleet.api());
        }

        Path picture = directory.resolve("picture.png");
        Run submitted = run(
                Map.of(),
                ("submit --design tiny-cube --camera 2,1.6,2.6 --width 32 --height 16 --samples 1 -o " + picture)
                        .split(" ", -1));
        assertThat(submitted.exitCode()).as(submitted.err()).isZero();
        assertThat(picture).isNotEmptyFile();
        assertThat(run(Map.of(), "ls").out()).contains("tiny-cube", "COMPLETED");
        assertThat(run(Map.of(), "regions").exitCode()).isEqualTo(3);

        Path logins = directory.resolve("renderfleet/logins.json");
        ObjectNode stored = (ObjectNode) JSON.readTree(logins.toFile());
        ObjectNode mine = (ObjectNode) stored.path(fleet.api().toString());
        String before = mine.path("accessToken").asText();
        mine.put("expiresAt", 0);
        JSON.writeValue(logins.toFile(), stored);
        assertThat(run(Map.of(), "ls").out()).contains("COMPLETED");
        assertThat(JSON.readTree(logins.toFile())
                        .path(fleet.api().toString())
                        .path("accessToken")
                        .asText())
                .isNotEmpty()
                .isNotEqualTo(before);

        assertThat(run(Map.of(), "logout").exitCode()).isZero();
        Run after = run(Map.of(), "ls");
        assertThat(after.exitCode()).isEqualTo(3);
        assertThat(after.err()).contains("renderfleet login");
    }

    @Test
    void aProgramUsesItsSecret() throws Exception {
        Map<String, String> operator = Map.of(
                "RENDERFLEET_ISSUER",
                issuer.issuer().toString(),
                "RENDERFLEET_CLIENT_ID",
                LocalIssuer.OPERATOR,
                "RENDERFLEET_CLIENT_SECRET",
                LocalIssuer.OPERATOR);

        assertThat(run(operator, "regions").out()).contains("us-east-1");

        Run refused = run(
                Map.of(
                        "RENDERFLEET_ISSUER",
                        issuer.issuer().toString(),
                        "RENDERFLEET_CLIENT_ID",
                        LocalIssuer.OPERATOR,
                        "RENDERFLEET_CLIENT_SECRET",
                        "wrong"),
                "regions");
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err()).contains("invalid_client", "Check its id and secret.");
    }

    /** What a person does in a browser: logs in at the page of the issuer. */
    private static void approve(URI page, String user) throws Exception {
        try (HttpClient browser = HttpClient.newBuilder()
                .cookieHandler(new CookieManager())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            String form = browser.send(
                            HttpRequest.newBuilder(page)
                                    .header("Accept", "text/html")
                                    .timeout(Duration.ofSeconds(30))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            Matcher csrf =
                    Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"").matcher(form);
            assertThat(csrf.find()).isTrue();
            String body = "username=" + user + "&password=" + user + "&_csrf="
                    + URLEncoder.encode(csrf.group(1), StandardCharsets.UTF_8);
            assertThat(browser.send(
                                    HttpRequest.newBuilder(issuer.issuer().resolve("/login"))
                                            .header("Content-Type", "application/x-www-form-urlencoded")
                                            .header("Accept", "text/html")
                                            .timeout(Duration.ofSeconds(30))
                                            .POST(BodyPublishers.ofString(body))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body())
                    .contains("return to the terminal");
        }
    }
}
