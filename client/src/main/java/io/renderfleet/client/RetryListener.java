package io.renderfleet.client;

import java.time.Duration;

/** Is called before every retry, on the thread of the call. */
@FunctionalInterface
public interface RetryListener {
    void onRetry(Retry retry);

    /**
     * A request that failed and is about to be sent again.
     *
     * @param path the path with placeholders instead of ids, such as {@code /jobs/{id}/cancel}
     * @param status the HTTP status of the failed attempt; 0 when there was no response
     * @param jobs the number of jobs that are submitted again; 1 for any other request
     * @param pause the time until the next attempt
     */
    record Retry(String method, String path, int status, int jobs, Duration pause) {}
}
