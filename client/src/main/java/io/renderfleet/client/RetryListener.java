package io.renderfleet.client;

import java.time.Duration;

/** Is told of every request that is about to be repeated, on the thread of the call. */
@FunctionalInterface
public interface RetryListener {
    void onRetry(Retry retry);

    /**
     * A request that failed and is sent again.
     *
     * @param path without the ids in it, such as {@code /jobs/{id}/cancel}
     * @param status the HTTP status of the failed attempt; 0 when there was no answer
     * @param jobs how many jobs are submitted again; 1 for any other request
     * @param pause the time until the next attempt
     */
    record Retry(String method, String path, int status, int jobs, Duration pause) {}
}
