package io.renderfleet.cli;

import io.renderfleet.cli.Issuer.Tokens;
import io.renderfleet.cli.TokenStore.Login;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The source of the token of each request: RENDERFLEET_TOKEN, or a machine client (RENDERFLEET_ISSUER,
 * RENDERFLEET_CLIENT_ID and RENDERFLEET_CLIENT_SECRET), or the login of the user at this address. Confined to one thread.
 */
final class Identity implements Supplier<String> {
    /** A token that expires sooner is replaced, because the request and the clocks take time. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    /** Gets new tokens in place of the former ones; null for the first ones. */
    @FunctionalInterface
    private interface Source {
        Tokens tokens(@Nullable Tokens former) throws InterruptedException;
    }

    private final Source source;
    private @Nullable Tokens tokens;

    private Identity(@Nullable Tokens tokens, Source source) {
        this.tokens = tokens;
        this.source = source;
    }

    /** Who calls the API at an address; empty for nobody, which a service without authentication accepts. */
    static Optional<Identity> of(URI api, Function<String, Optional<String>> environment, TokenStore store) {
        Optional<String> token = environment.apply("RENDERFLEET_TOKEN");
        if (token.isPresent()) {
            Tokens given = new Tokens(token.get().strip(), null, Instant.MAX);
            return Optional.of(new Identity(given, former -> given));
        }
        Optional<String> clientId = environment.apply("RENDERFLEET_CLIENT_ID");
        Optional<String> secret = environment.apply("RENDERFLEET_CLIENT_SECRET");
        if (clientId.isPresent() && secret.isPresent()) {
            String issuer = environment
                    .apply("RENDERFLEET_ISSUER")
                    .orElseThrow(() -> new LoginException(
                            "RENDERFLEET_CLIENT_ID needs RENDERFLEET_ISSUER, the URL of the issuer of tokens.",
                            ExitCode.USAGE));
            return Optional.of(new Identity(null, former -> ofMachine(issuer, clientId.get(), secret.get())));
        }
        return store.find(api)
                .map(login -> new Identity(login.tokens(), former -> refreshed(api, login, former, store)));
    }

    private static Tokens ofMachine(String issuer, String clientId, String secret) throws InterruptedException {
        // RFC 6749, 2.3.1: both are encoded as in forms first.
        String pair = URLEncoder.encode(clientId, StandardCharsets.UTF_8) + ":"
                + URLEncoder.encode(secret, StandardCharsets.UTF_8);
        String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        Issuer at = new Issuer(issuer);
        return at.tokens(at.token(Map.of("grant_type", "client_credentials"), basic), null);
    }

    private static Tokens refreshed(URI api, Login login, @Nullable Tokens former, TokenStore store)
            throws InterruptedException {
        String refresh = former == null ? null : former.refresh();
        if (refresh == null) {
            throw expired();
        }
        Issuer issuer = new Issuer(login.issuer());
        Issuer.Answer answer = issuer.token(
                Map.of("grant_type", "refresh_token", "refresh_token", refresh, "client_id", login.clientId()), null);
        if (answer.error().equals("invalid_grant")) {
            throw expired();
        }
        Tokens tokens = issuer.tokens(answer, refresh);
        store.save(api, new Login(login.issuer(), login.clientId(), tokens));
        return tokens;
    }

    private static LoginException expired() {
        return new LoginException(
                "Your login has expired. Log in again:  renderfleet login --issuer URL --client-id ID",
                ExitCode.REFUSED);
    }

    @Override
    public String get() {
        Tokens current = tokens;
        if (current == null || !Instant.now().plus(MARGIN).isBefore(current.expiresAt())) {
            try {
                current = source.tokens(current);
                tokens = current;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LoginException("Interrupted while getting a token.", ExitCode.REFUSED);
            }
        }
        return current.access();
    }
}
