package io.renderfleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginTests {
    private static final String TOKEN = "POST /token";
    private static final String JOBS = "GET /jobs";
    private static final String DEVICE = """
            {"device_code": "device-1", "user_code": "ABCD-EFGH", "verification_uri": "https://issuer.example/device",
             "expires_in": 60, "interval": 0}""";

    private FakeService service;
    private FakeService issuer;

    @TempDir
    private Path config;

    @BeforeEach
    void start() throws IOException {
        service = new FakeService();
        service.on(JOBS, 200, "{\"items\": []}");
        issuer = new FakeService();
        URI at = issuer.address();
        issuer.on("GET /.well-known/openid-configuration", 200, """
                        {"issuer": "%1$s", "token_endpoint": "%1$s/token",
                         "device_authorization_endpoint": "%1$s/device"}""".formatted(at))
                .on("POST /device", 200, DEVICE);
    }

    @AfterEach
    void stop() {
        service.close();
        issuer.close();
    }

    private CommandRun run(Map<String, String> environment, String... arguments) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("XDG_CONFIG_HOME", config.toString());
        return CommandRun.of(service.address(), false, all, arguments);
    }

    private CommandRun login() {
        return run(Map.of(), "login", "--issuer", issuer.address().toString(), "--client-id", "cli");
    }

    private static String tokens(String access, int seconds) {
        return "{\"access_token\": \"%s\", \"refresh_token\": \"refresh-of-%s\", \"expires_in\": %d}"
                .formatted(access, access, seconds);
    }

    @Test
    void waitsUntilTheCodeWasEnteredAndSendsTheTokenInPlaceOfAUser() throws IOException {
        issuer.on(TOKEN, 400, "{\"error\": \"authorization_pending\"}").on(TOKEN, 200, tokens("first", 600));

        CommandRun login = login();

        assertThat(login.exitCode()).as(login.err()).isZero();
        assertThat(login.err())
                .contains("https://issuer.example/device", "ABCD-EFGH")
                .doesNotContain("first");
        Path file = config.resolve("renderfleet/logins.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(run(Map.of(), "ls").exitCode()).isZero();
        assertThat(service.received(JOBS).getFirst().header("Authorization")).isEqualTo("Bearer first");
        assertThat(service.received(JOBS).getFirst().query()).doesNotContain("userId");
    }

    @Test
    void asksForALoginThatLastsIfTheIssuerHasIt() throws IOException {
        issuer.on(TOKEN, 200, tokens("first", 600));
        login();
        try (FakeService other = new FakeService()) {
            other.on("GET /.well-known/openid-configuration", 200, """
                            {"issuer": "%1$s", "token_endpoint": "%1$s/token",
                             "device_authorization_endpoint": "%1$s/device",
                             "scopes_supported": ["openid", "offline_access"]}""".formatted(other.address()))
                    .on("POST /device", 200, DEVICE)
                    .on(TOKEN, 200, tokens("first", 600));
            run(Map.of(), "login", "--issuer", other.address().toString(), "--client-id", "cli");

            assertThat(other.received("POST /device").getFirst().body()).contains("scope=offline_access");
        }
        assertThat(issuer.received("POST /device").getFirst().body()).isEqualTo("client_id=cli");
    }

    @Test
    void pollsMoreSlowlyWhenAskedToAndReportsADeniedLogin() {
        issuer.on(TOKEN, 400, "{\"error\": \"slow_down\"}").on(TOKEN, 400, "{\"error\": \"access_denied\"}");
        long begun = System.nanoTime();

        CommandRun login = login();

        assertThat(login.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(login.err()).contains("denied");
        assertThat(System.nanoTime() - begun).isGreaterThan(5_000_000_000L);
    }

    @Test
    void saysThatTheCodeHasExpired() {
        issuer.on(TOKEN, 400, "{\"error\": \"expired_token\"}");

        CommandRun login = login();

        assertThat(login.exitCode()).isEqualTo(ExitCode.TIMED_OUT);
        assertThat(login.err()).contains("renderfleet login again");
    }

    @Test
    void refreshesATokenThatExpiresAndKeepsTheNewOne() {
        issuer.on(TOKEN, 200, tokens("first", 5)).on(TOKEN, 200, tokens("second", 600));
        login();

        run(Map.of(), "ls");
        run(Map.of(), "ls");

        assertThat(service.received(JOBS))
                .extracting(request -> request.header("Authorization"))
                .containsExactly("Bearer second", "Bearer second");
        assertThat(issuer.received(TOKEN)).hasSize(2);
        assertThat(issuer.received(TOKEN).getLast().body())
                .contains("grant_type=refresh_token", "refresh_token=refresh-of-first");
    }

    @Test
    void asksForALoginWhenTheIssuerNoLongerAcceptsTheRefreshToken() {
        issuer.on(TOKEN, 200, tokens("first", 5)).on(TOKEN, 400, "{\"error\": \"invalid_grant\"}");
        login();

        CommandRun run = run(Map.of(), "ls");

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("renderfleet login");
        assertThat(service.received(JOBS)).isEmpty();
    }

    @Test
    void sendsATokenOnlyToTheAddressOfItsLogin() throws IOException {
        issuer.on(TOKEN, 200, tokens("first", 600));
        login();
        try (FakeService other = new FakeService()) {
            other.on(JOBS, 200, "{\"items\": []}");

            run(Map.of(), "ls", "--url", other.address().toString());

            assertThat(other.received(JOBS).getFirst().header("Authorization")).isEmpty();
        }
    }

    @Test
    void forgetsTheLogin() {
        issuer.on(TOKEN, 200, tokens("first", 600));
        login();

        run(Map.of(), "logout");

        run(Map.of("RENDERFLEET_USER", "user-1"), "ls");
        assertThat(service.received(JOBS).getFirst().header("Authorization")).isEmpty();
        assertThat(service.received(JOBS).getFirst().query()).contains("userId=user-1");
    }

    @Test
    void usesTheSecretOfAMachineClientOrAToken() {
        issuer.on(TOKEN, 200, tokens("machine", 600));

        run(
                Map.of(
                        "RENDERFLEET_ISSUER",
                        issuer.address().toString(),
                        "RENDERFLEET_CLIENT_ID",
                        "ci",
                        "RENDERFLEET_CLIENT_SECRET",
                        "s3cret"),
                "ls");
        run(Map.of("RENDERFLEET_TOKEN", "given"), "ls");

        assertThat(issuer.received(TOKEN).getFirst().header("Authorization"))
                .isEqualTo("Basic " + Base64.getEncoder().encodeToString("ci:s3cret".getBytes(StandardCharsets.UTF_8)));
        assertThat(service.received(JOBS))
                .extracting(request -> request.header("Authorization"))
                .containsExactly("Bearer machine", "Bearer given");
    }

    @Test
    void neverSendsATokenWithoutEncryptionToAnotherMachine() {
        CommandRun run = run(Map.of("RENDERFLEET_TOKEN", "given"), "ls", "--url", "http://renderfleet.example");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("https").doesNotContain("given");
    }

    @Test
    void refusesAnIssuerThatIsAnotherOneOrHasNoEncryption() throws IOException {
        try (FakeService liar = new FakeService()) {
            liar.on("GET /.well-known/openid-configuration", 200, "{\"issuer\": \"https://issuer.example\"}");

            assertThat(run(Map.of(), "login", "--issuer", liar.address().toString(), "--client-id", "cli")
                            .exitCode())
                    .isEqualTo(ExitCode.REFUSED);
        }
        assertThat(run(Map.of(), "login", "--issuer", "http://issuer.example", "--client-id", "cli")
                        .err())
                .contains("https://");
    }
}
