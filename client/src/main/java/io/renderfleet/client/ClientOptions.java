package io.renderfleet.client;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The options of a {@link RenderfleetClient}.
 *
 * @param api the address of the API, such as {@code http://127.0.0.1:8080}; it may have a path
 * @param connectTimeout the time limit for establishing a connection
 * @param requestTimeout the time limit for one attempt, up to the last byte of its response
 * @param transferTimeout the time limit for one upload of a design, or one download of a result or an artifact
 * @param retries how often and for how long failed requests are retried
 * @param retryListener is called before every retry
 * @param token gives the bearer token of each attempt of a request to the API, on the thread of the call; null for a
 *     service without authentication. Links to files are opened without it, and so are redirects to other addresses. It
 *     is called often, so it should keep a token until the token expires. What it throws, the call throws
 */
public record ClientOptions(
        URI api,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration transferTimeout,
        RetryPolicy retries,
        RetryListener retryListener,
        @Nullable Supplier<String> token) {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration REQUEST = Duration.ofSeconds(20);
    private static final Duration TRANSFER = Duration.ofMinutes(10);

    public ClientOptions {
        String scheme = api.getScheme();
        if (api.getHost() == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            throw new IllegalArgumentException(
                    "'" + api + "' is not the address of an API. Use one such as http://127.0.0.1:8080.");
        }
        if (!connectTimeout.isPositive() || !requestTimeout.isPositive() || !transferTimeout.isPositive()) {
            throw new IllegalArgumentException("Every timeout must be positive.");
        }
    }

    /** The defaults: 5 s to connect, 20 s for a request, 10 min for a transfer, {@link RetryPolicy#defaults}. */
    public static ClientOptions of(URI api) {
        return new ClientOptions(api, CONNECT, REQUEST, TRANSFER, RetryPolicy.defaults(), retry -> {}, null);
    }

    public ClientOptions withConnectTimeout(Duration connectTimeout) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener, token);
    }

    public ClientOptions withRequestTimeout(Duration requestTimeout) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener, token);
    }

    public ClientOptions withTransferTimeout(Duration transferTimeout) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener, token);
    }

    public ClientOptions withRetries(RetryPolicy retries) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener, token);
    }

    public ClientOptions withRetryListener(RetryListener retryListener) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener, token);
    }

    /** These options with a source of bearer tokens (RFC 6750), such as access tokens of an OAuth2 issuer. */
    public ClientOptions withToken(Supplier<String> token) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener, token);
    }
}
