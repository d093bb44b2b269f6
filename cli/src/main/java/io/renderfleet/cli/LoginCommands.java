package io.renderfleet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Logging in and out. */
final class LoginCommands {
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final String LASTING = "offline_access";
    private static final int DEFAULT_INTERVAL = 5;
    private static final int MAX_INTERVAL = 60;
    private static final int SLOWER = 5;
    private static final int DEFAULT_LIFETIME = 600;
    private static final int MAX_LIFETIME = 3600;

    private LoginCommands() {}

    static void addTo(CommandLine line, Renderfleet root) {
        line.addSubcommand(new LogIn(root)).addSubcommand(new LogOut(root));
    }

    /** Logs in with the device authorization flow (RFC 8628). */
    @Command(
            name = "login",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Logs in at this --url, with a browser on this or any other device.")
    private static final class LogIn implements Callable<Integer> {
        private final Renderfleet root;

        @Option(
                names = "--issuer",
                required = true,
                paramLabel = "URL",
                description = "The OpenID Connect issuer of the service.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String issuer;

        @Option(
                names = "--client-id",
                required = true,
                paramLabel = "ID",
                description = "The id of this program at the issuer.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
        private String clientId;

        @Option(
                names = "--scope",
                paramLabel = "SCOPES",
                description = "What to ask the issuer for, separated by spaces. Default: offline_access, so that the"
                        + " login lasts, if the issuer has it.")
        private @Nullable String scope;

        private LogIn(Renderfleet root) {
            this.root = root;
        }

        @Override
        public Integer call() throws InterruptedException {
            Issuer at = new Issuer(issuer);
            String asked = scope == null ? at.supports(LASTING) ? LASTING : "" : scope;
            JsonNode device = at.startDeviceLogin(clientId, asked);
            String page = device.path("verification_uri").asText();
            root.terminal()
                    .note("Open " + device.path("verification_uri_complete").asText(page) + "\nand enter the code "
                            + device.path("user_code").asText());
            Issuer.Tokens tokens = awaitTokens(at, device);
            root.tokenStore().save(root.url(), new TokenStore.Login(issuer, clientId, tokens));
            root.terminal().note("Logged in at " + root.url());
            return ExitCode.OK;
        }

        private Issuer.Tokens awaitTokens(Issuer at, JsonNode device) throws InterruptedException {
            long seconds = Math.clamp(device.path("expires_in").asLong(DEFAULT_LIFETIME), 1, MAX_LIFETIME);
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            int interval = Math.clamp(device.path("interval").asInt(DEFAULT_INTERVAL), 0, MAX_INTERVAL);
            Map<String, String> form = Map.of(
                    "grant_type",
                    GRANT,
                    "device_code",
                    device.path("device_code").asText(),
                    "client_id",
                    clientId);
            while (System.nanoTime() < end) {
                TimeUnit.SECONDS.sleep(interval);
                Issuer.Answer answer = at.token(form);
                switch (answer.error()) {
                    case "authorization_pending" -> {}
                    case "slow_down" -> interval += SLOWER;
                    case "access_denied" -> throw at.refused("says that the login was denied");
                    case "expired_token" -> throw tooLate();
                    default -> {
                        return at.tokens(answer, null);
                    }
                }
            }
            throw tooLate();
        }

        private static LoginException tooLate() {
            return new LoginException(
                    "The code was not entered in time. Run renderfleet login again.", ExitCode.TIMED_OUT);
        }
    }

    /** Forgets the login. */
    @Command(
            name = "logout",
            mixinStandardHelpOptions = true,
            description = "Forgets the login at this --url. Tokens stay valid at the issuer until they expire.")
    private static final class LogOut implements Callable<Integer> {
        private final Renderfleet root;

        private LogOut(Renderfleet root) {
            this.root = root;
        }

        @Override
        public Integer call() {
            boolean removed = root.tokenStore().remove(root.url());
            root.terminal().note(removed ? "Logged out at " + root.url() : "There was no login at " + root.url());
            return ExitCode.OK;
        }
    }
}
