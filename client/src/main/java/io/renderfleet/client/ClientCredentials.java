package io.renderfleet.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of a program that acts for itself, by the client credentials grant (RFC 6749, section 4.4). A token is kept until a
 * fifth of its life is left, and then replaced. For {@link ClientOptions#withToken}.
 *
 * <p>Thread-safe. A request that gets no answer is sent up to three times; then the error is thrown
 * as {@link TokenException}.
 */
public final class ClientCredentials implements Supplier<String> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** An issuer that has just started can need more time than a request has. */
    private static final int TRIES = 3;

    /** The life of a token whose answer does not say it. */
    private static final long USUAL_SECONDS = 60;

    private final URI tokenUrl;
    private final String clientId;
    private final String secret;
    private final @Nullable String scope;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable String token;
    private long renewAt;

    /**
     * @param tokenUrl the token endpoint of the issuer, such as {@code https://issuer.example.com/oauth2/token}
     * @param scope the scopes to ask for, separated by spaces; null for those that the issuer gives anyway
     */
    public ClientCredentials(URI tokenUrl, String clientId, String secret, @Nullable String scope) {
        this.tokenUrl = tokenUrl;
        this.clientId = clientId;
        this.secret = secret;
        this.scope = scope;
    }

    @Override
    public String get() {
        lock.lock();
        try {
            String kept = token;
            if (kept == null || System.nanoTime() - renewAt > 0) {
                JsonNode answer = request();
                kept = answer.path("access_token").asText();
                long seconds = answer.path("expires_in").asLong(USUAL_SECONDS);
                token = kept;
                renewAt = System.nanoTime() + Duration.ofSeconds(seconds).toNanos() / 5 * 4;
            }
            return kept;
        } finally {
            lock.unlock();
        }
    }

    private JsonNode request() {
        String form = "grant_type=client_credentials" + (scope == null ? "" : "&scope=" + encoded(scope));
        String credentials = encoded(clientId) + ":" + encoded(secret);
        HttpRequest request = HttpRequest.newBuilder(tokenUrl)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
                .POST(BodyPublishers.ofString(form))
                .build();
        for (int tries = 1; ; tries++) {
            try {
                HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
                if (response.statusCode() < 500 || tries == TRIES) {
                    return token(response);
                }
            } catch (IOException e) {
                if (tries == TRIES) {
                    throw new TokenException("The issuer at " + tokenUrl + " did not answer: " + e.getMessage(), e);
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }

    private static TokenException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new TokenException("Interrupted while a token was requested.", e);
    }

    private JsonNode token(HttpResponse<String> response) throws IOException {
        JsonNode answer = JSON.readTree(response.body());
        if (response.statusCode() == 200
                && !answer.path("access_token").asText().isEmpty()) {
            return answer;
        }
        throw new TokenException("The issuer at " + tokenUrl + " gave no token to the client " + clientId + ": "
                + answer.path("error").asText("HTTP " + response.statusCode()) + ". Check its id and secret.");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
