package io.renderfleet.client;

import java.net.URI;
import java.time.Duration;

/**
 * The options of a {@link RenderfleetClient}.
 *
 * @param api the address of the API, such as {@code http://127.0.0.1:8080}; it may have a path
 * @param connectTimeout the time limit for establishing a connection
 * @param requestTimeout the time limit for one attempt, up to the last byte of its response
 * @param transferTimeout the time limit for one upload of a design, or one download of a result or an artifact
 * @param retries how often and for how long failed requests are retried
 * @param retryListener is called before every retry
 */
public record ClientOptions(
        URI api,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration transferTimeout,
        RetryPolicy retries,
        RetryListener retryListener) {
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
        return new ClientOptions(api, CONNECT, REQUEST, TRANSFER, RetryPolicy.defaults(), retry -> {});
    }

    public ClientOptions withConnectTimeout(Duration connectTimeout) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener);
    }

    public ClientOptions withRequestTimeout(Duration requestTimeout) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener);
    }

    public ClientOptions withTransferTimeout(Duration transferTimeout) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener);
    }

    public ClientOptions withRetries(RetryPolicy retries) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener);
    }

    public ClientOptions withRetryListener(RetryListener retryListener) {
        return new ClientOptions(api, connectTimeout, requestTimeout, transferTimeout, retries, retryListener);
    }
}
