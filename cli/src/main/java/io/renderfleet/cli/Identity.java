package io.renderfleet.cli;

import io.renderfleet.cli.Issuer.Tokens;
import io.renderfleet.cli.TokenStore.Login;
import io.renderfleet.client.ClientCredentials;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The login of a user at an address of the API, as a source of tokens, which are refreshed before they expire. Confined to
 * one thread.
 */
final class Identity implements Supplier<String> {
    /** A token that expires sooner is replaced, because the request and the clocks take time. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final URI api;
    private final Login login;
    private final TokenStore store;
    private Tokens tokens;

    private Identity(URI api, Login login, TokenStore store) {
        this.api = api;
        this.login = login;
        this.store = store;
        this.tokens = login.tokens();
    }

    /**
     * The source of the token of each request: RENDERFLEET_TOKEN, or a machine client (RENDERFLEET_ISSUER,
     * RENDERFLEET_CLIENT_ID and RENDERFLEET_CLIENT_SECRET), or the login of the user at this address; empty for nobody,
     * which a service without authentication accepts.
     */
    static Optional<Supplier<String>> of(URI api, Function<String, Optional<String>> environment, TokenStore store) {
        Optional<String> token = environment.apply("RENDERFLEET_TOKEN");
        if (token.isPresent()) {
            String given = token.get().strip();
            return Optional.of(() -> given);
        }
        Optional<String> clientId = environment.apply("RENDERFLEET_CLIENT_ID");
        Optional<String> secret = environment.apply("RENDERFLEET_CLIENT_SECRET");
        if (clientId.isPresent() && secret.isPresent()) {
            String issuer = environment
                    .apply("RENDERFLEET_ISSUER")
                    .orElseThrow(() -> new LoginException(
                            "RENDERFLEET_CLIENT_ID needs RENDERFLEET_ISSUER, the URL of the issuer of tokens.",
                            ExitCode.USAGE));
            return Optional.of(new Machine(issuer, clientId.get(), secret.get()));
        }
        return store.find(api).map(login -> new Identity(api, login, store));
    }

    /** A program that acts for itself. The issuer is asked only when a token is needed. */
    private static final class Machine implements Supplier<String> {
        private final String issuer;
        private final String clientId;
        private final String secret;
        private @Nullable ClientCredentials credentials;

        private Machine(String issuer, String clientId, String secret) {
            this.issuer = issuer;
            this.clientId = clientId;
            this.secret = secret;
        }

        @Override
        public String get() {
            if (credentials == null) {
                try {
                    URI tokenUrl = new Issuer(issuer).tokenEndpoint();
                    credentials = new ClientCredentials(tokenUrl, clientId, secret, null);
                } catch (InterruptedException e) {
                    throw interrupted();
                }
            }
            return credentials.get();
        }
    }

    private static LoginException interrupted() {
        Thread.currentThread().interrupt();
        return new LoginException("Interrupted while getting a token.", ExitCode.REFUSED);
    }

    @Override
    public String get() {
        if (!Instant.now().plus(MARGIN).isBefore(tokens.expiresAt())) {
            try {
                tokens = refreshed();
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
        return tokens.access();
    }

    private Tokens refreshed() throws InterruptedException {
        String refresh = tokens.refresh();
        if (refresh == null) {
            throw expired();
        }
        Issuer issuer = new Issuer(login.issuer());
        Issuer.Answer answer = issuer.token(
                Map.of("grant_type", "refresh_token", "refresh_token", refresh, "client_id", login.clientId()));
        if (answer.error().equals("invalid_grant")) {
            throw expired();
        }
        Tokens next = issuer.tokens(answer, refresh);
        store.save(api, new Login(login.issuer(), login.clientId(), next));
        return next;
    }

    private LoginException expired() {
        return new LoginException(
                "Your login has expired. Log in again:  renderfleet login --issuer " + login.issuer() + " --client-id "
                        + login.clientId(),
                ExitCode.REFUSED);
    }
}
